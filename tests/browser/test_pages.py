"""Every page of the table, in a real browser: it fits, keeps the policy, and complains of nothing.

The table is that of `make screenshots`: scripts/screenshots/pages.py.
"""

from __future__ import annotations

import pytest

from scripts.screenshots import pages, walk

pytestmark = pytest.mark.needs_program("chromium")
# Which pages each set of data is shown on, how many of them it leads to at least, and the theme:
# each width is seen in both, once with data that is usual and once with data that is not.
ON = {
    "demo": (pages.PAGES, len(pages.PAGES) - 8, "light"),
    "hostile": (pages.PAGES, 45, "dark"),
    "empty": (pages.ROOMS, 20, "light"),
}
_OVERFLOW = (
    "Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"
)


def look_at(walker: walk.Walker, table, theme: str) -> tuple[list[str], int]:
    """Walk the table; answer what is wrong, and how many of its pages were there."""
    wrong, seen = [], 0
    for page in table:
        try:
            tab = walker.visit(page)
        except walk.NotThere:
            continue
        seen += 1
        wrong += [f"{page.name}: {what}" for what in _too_wide(tab, theme)]
        wrong += [f"{page.name}: {complaint}" for complaint in walker.complaints]
    return wrong, seen


def _too_wide(tab, theme: str) -> list[str]:
    found = []
    for width in walk.WIDTHS:
        walk.show(tab, width, theme)
        if over := tab.evaluate(_OVERFLOW):
            found.append(f"{over} px too wide at {width} px, {theme}")
    return found


@pytest.mark.parametrize("data", list(ON))
def test_every_page_fits_and_keeps_the_policy(data, request, in_browser):
    request.getfixturevalue(data)
    table, fewest, theme = ON[data]
    wrong, seen = in_browser(lambda walker: look_at(walker, table, theme))
    assert not wrong, "\n".join(wrong)
    assert seen >= fewest


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
