"""Every page of the table keeps WCAG 2.2 AA by axe-core, in both themes and both
languages, and reflows at 320 px."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from scripts.screenshots import pages, walk
from tests.browser import axe, measure

pytestmark = pytest.mark.needs_program("chromium")
LOCALES = ("en-GB", "zh-TW")
_MAY_BE_MISSING = 8


@pytest.mark.parametrize("locale", LOCALES)
def test_every_page_is_accessible(locale, demo, in_browser):
    wrong, seen = in_browser(_walk, locale)
    assert not wrong, "\n".join(wrong)
    assert seen >= len(pages.PAGES) - _MAY_BE_MISSING


def _walk(walker: walk.Walker) -> tuple[list[str], int]:
    wrong, seen = [], 0
    for page in pages.PAGES:
        try:
            tab = walker.visit(page)
        except walk.NotThere:
            continue
        seen += 1
        wrong += [f"{page.name}: {line}" for line in [*axe.look(tab), *_reflown(tab)]]
    return wrong, seen


def _reflown(tab: Page) -> list[str]:
    """What is at 320 px, as on a screen of 1280 at 400 %, is read without scrolling sideways."""
    tab.set_viewport_size({"width": 320, "height": 640})
    return [f"{what} at 320 px" for what in [*measure.too_wide(tab), *measure.unreadable(tab)]]
