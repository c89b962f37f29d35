"""Every page of the table, in a real browser: it fits, can be read, is light, keeps still and
keeps the policy.

The table is that of `make screenshots`: scripts/screenshots/pages.py.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from scripts.screenshots import pages, walk
from tests.browser import axe, measure

pytestmark = pytest.mark.needs_program("chromium")
# Which pages each set of data is shown on, and how many of them it leads to at least.
ON = {
    "demo": (pages.PAGES, len(pages.PAGES) - 8),
    "hostile": (pages.PAGES, 45),
    "empty": (pages.ROOMS, 20),
}
# With which texts and in which language axe-core is asked, too: hard to show, on a phone.
# With the usual ones it is asked in each theme and language: test_accessibility.py.
ASKED = ("hostile", "en-GB")
# Boxes are where they are in either theme; each language has one.
THEMES = {"en-GB": "light", "zh-TW": "dark"}


@pytest.mark.parametrize("locale", list(THEMES))
@pytest.mark.parametrize("data", list(ON))
def test_every_page_fits_and_keeps_the_policy(data, locale, request, in_browser):
    request.getfixturevalue(data)
    table, fewest = ON[data]
    ask = axe.look if (data, locale) == ASKED else None
    wrong, seen = in_browser(lambda walker: look_at(walker, table, THEMES[locale], ask), locale)
    assert not wrong, "\n".join(wrong)
    assert seen >= fewest


def look_at(walker: walk.Walker, table, theme: str, ask=None) -> tuple[list[str], int]:
    """Walk the table; answer what is wrong (by a checker, too), and how many of its pages were
    there."""
    wrong, seen = [], 0
    for page in table:
        try:
            tab = walker.visit(page)
        except walk.NotThere:
            continue
        seen += 1
        found = [*measure.moved(tab), *measure.too_heavy(tab), *_at_each_width(tab, theme)]
        found += ask(tab, [theme]) if ask else []
        wrong += [f"{page.name}: {what}" for what in [*found, *walker.complaints]]
    return wrong, seen


def _at_each_width(tab: Page, theme: str) -> list[str]:
    found = []
    for width in walk.WIDTHS:
        walk.show(tab, width, theme)
        wrong = [*measure.too_wide(tab), *measure.unreadable(tab)]
        found += [f"{what} at {width} px, {theme}" for what in wrong]
    return found


def test_what_a_page_may_not_do_is_noticed(empty, in_browser):
    def misbehave(walker: walk.Walker) -> list[str]:
        tab = walker.visit(pages.Page("login", "/login", who="nobody"))
        before = list(walker.complaints)
        tab.evaluate("document.body.setAttribute('style', 'color: red')")
        tab.evaluate("fetch('http://127.0.0.1:9/').catch(() => null)")
        return [*before, "--", *walker.complaints, *tab.evaluate("window.violations")]

    said = in_browser(misbehave)
    assert said[0] == "--"
    assert any(what.startswith("style-src-attr forbids") for what in said)
    assert any(what.startswith("connect-src forbids http://127.0.0.1:9/") for what in said)
