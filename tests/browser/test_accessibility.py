"""Every page of the table keeps WCAG 2.2 AA by axe-core, in both themes and both languages."""

from __future__ import annotations

import pytest

from scripts.screenshots import pages, walk
from tests.browser import axe

pytestmark = pytest.mark.needs_program("chromium")
# The first theme is asked by every rule, the other by those of colours.
READERS = {"en-GB": "light", "zh-TW": "dark"}
_MAY_BE_MISSING = 8


@pytest.mark.parametrize("locale", list(READERS))
def test_every_page_is_accessible(locale, demo, in_browser):
    wrong, seen = in_browser(lambda walker: _walk(walker, READERS[locale]), locale)
    assert not wrong, "\n".join(wrong)
    assert seen >= len(pages.PAGES) - _MAY_BE_MISSING


def _walk(walker: walk.Walker, theme: str) -> tuple[list[str], int]:
    wrong, seen = [], 0
    for page in pages.PAGES:
        try:
            tab = walker.visit(page)
        except walk.NotThere:
            continue
        seen += 1
        wrong += [f"{page.name}: {line}" for line in axe.look(tab, theme)]
    return wrong, seen
