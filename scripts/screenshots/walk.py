"""Reach a page of the table with a browser, and notice what goes wrong on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from scripts.screenshots import pages

CHROMIUM = "/usr/bin/chromium"
WIDTHS = (1440, 768, 360)
THEMES = ("light", "dark")
HEIGHTS = {1440: 900, 768: 1024, 360: 780}
# What is told to the page only is kept where the walk can read it: violations of the policy, and
# what moved without anybody having touched it.
_LISTEN = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(
  `${event.effectiveDirective} forbids ${event.blockedURI} (${event.sourceFile})`));
window.shifts = [];
const named = ({node}) => node && [node.nodeName, node.id, node.className].join(" ");
new PerformanceObserver((list) => list.getEntries().forEach((one) => one.hadRecentInput
  || window.shifts.push({value: one.value, of: one.sources.map(named)})
)).observe({type: "layout-shift", buffered: true});
"""
Render = Callable[[str], str]


class NotThere(Exception):
    """A link that leads to the page is not on the page before it."""


@dataclass
class Walker:
    """Opens pages as each kind of reader; `complaints` says what went wrong since the last page."""

    browser: Browser
    base_url: str
    accounts: dict[str, tuple[str, str]]
    render: Render
    locale: str = "en-GB"
    complaints: list[str] = field(default_factory=list)
    _open: dict[str, Page] = field(default_factory=dict)
    _found: dict[tuple[str, ...], str] = field(default_factory=dict)

    def visit(self, page: pages.Page) -> Page:
        """Answer the tab that shows the page; raises NotThere where no link leads to it."""
        tab = self._open.get(page.who) or self.sign_in(page.who)
        self.complaints.clear()
        response = self._reach(tab, page)
        if response is not None and response.status != page.status:
            self.complaints.append(f"answers {response.status} instead of {page.status}")
        if page.press:
            _press(tab, page.press)
        self.complaints += tab.evaluate("window.violations")
        return tab

    def _reach(self, tab: Page, page: pages.Page) -> Response | None:
        if page.template:
            address = urljoin(self.base_url, f"/{page.name}")
            html = self.render(page.template)
            tab.route(address, lambda route: route.fulfill(body=html, content_type="text/html"))
            return tab.goto(address)
        return tab.goto(self._address(tab, page.who, page.path, *page.follow))

    def _address(self, tab: Page, who: str, *steps: str) -> str:
        """Answer where the steps lead; how far they are known, they are not gone again."""
        if len(steps) == 1:
            return urljoin(self.base_url, steps[0])
        key = (who, *steps)
        if key not in self._found:
            before = self._address(tab, who, *steps[:-1])
            if tab.url != before:
                tab.goto(before)
            self._found[key] = _next(tab, steps[-1])
        return self._found[key]

    def open(self, **options: Any) -> Page:
        """Answer a tab of a browser that was never here; what goes wrong in it is a complaint."""
        tab = self._context(**options).new_page()
        tab.on("console", lambda said: said.type == "error" and self._hear(said.text))
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.on("request", lambda asked: self._mind(asked.url))
        return tab

    def sign_in(self, who: str) -> Page:
        """Answer a new tab in which this reader is signed in."""
        tab = self.open()
        if who != "nobody":
            email, password = self.accounts[who]
            tab.goto(urljoin(self.base_url, "/login"))
            tab.fill("input[name=username]", email)
            tab.fill("input[name=password]", password)
            tab.click("form button")
            tab.wait_for_url(lambda url: "/login" not in url)
        self._open[who] = tab
        return tab

    def _context(self, **options: Any) -> BrowserContext:
        given = {"locale": self.locale, "reduced_motion": "reduce", **options}
        context = self.browser.new_context(**given)
        context.set_default_timeout(20_000)
        context.add_init_script(_LISTEN)
        return context

    def _hear(self, text: str) -> None:
        # An error page is an error to the console, too: `status` says which one is meant.
        if "the server responded with a status of" not in text:
            self.complaints.append(text)

    def _mind(self, url: str) -> None:
        if urlsplit(url).scheme != "data" and not url.startswith(self.base_url):
            self.complaints.append(f"asks {url}")


def _next(tab: Page, step: str) -> str:
    if step.startswith("/"):
        return tab.url.split("?")[0] + step
    found = tab.locator(step)
    if not found.count():
        raise NotThere(step)
    link = found.first
    return urljoin(tab.url, link.get_attribute("href") or link.get_attribute("formaction") or "")


def _press(tab: Page, selector: str) -> None:
    tab.set_viewport_size({"width": 360, "height": HEIGHTS[360]})
    if not tab.locator(selector).count():
        raise NotThere(selector)
    tab.click(selector)


def show(tab: Page, width: int, theme: str) -> None:
    """Give the tab a width and a theme."""
    if (tab.viewport_size or {}).get("width") != width:
        tab.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    tab.emulate_media(color_scheme=theme, reduced_motion="reduce")
    tab.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@contextmanager
def chromium(*args: str) -> Iterator[Browser]:
    """Run the Debian Chromium, with these arguments, too."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", *args],
        )
        yield browser
        browser.close()
