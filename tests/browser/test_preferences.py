"""What a reader's system asks for is heeded: less motion, forced colours, larger letters, keys
alone in dialogs."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from awooop import tenancy
from scripts.screenshots import pages, walk
from tests import factories
from tests.browser import measure

pytestmark = pytest.mark.needs_program("chromium")
RUNS = "/awooop/runs"
LARGE = ("home", "runs", "approvals", "outbox", "governance-queue", "knowledge", "stops")
# What moves by itself for longer than a blink; what only follows the scrolling does not.
_MOVES = """() => document.getAnimations().filter((one) =>
  one.timeline === document.timeline && one.playState === "running"
  && one.effect.getComputedTiming().activeDuration > 100).length"""
# Past the last control comes the browser's own frame (the body), then the first one again.
_INSIDE = """() => document.activeElement === document.body
  || document.activeElement.closest("dialog") !== null"""
# Buttons and fields whose border nobody sees where the system paints the grounds.
_UNDRAWN = """() => [...document.querySelectorAll(".btn, input, select, textarea")]
  .filter((one) => one.checkVisibility() && !one.matches(".btn-quiet, [type=checkbox]"))
  .filter((one) => getComputedStyle(one).borderTopStyle === "none").map((one) => one.outerHTML)"""


@pytest.fixture
def running(accounts):
    factories.project("awoooi")
    key = factories.api_key("awoooi")
    with tenancy.scope(["awoooi"]):
        factories.running(key)


def _open(walker: walk.Walker, **options) -> Page:
    tab = walker.sign_in("admin")
    tab.emulate_media(**options)
    tab.goto(walker.base_url + RUNS)
    return tab


def test_less_motion_is_none(running, in_browser):
    def count(walker: walk.Walker, motion: str) -> int:
        return _open(walker, reduced_motion=motion).evaluate(_MOVES)

    assert in_browser(lambda walker: count(walker, "no-preference")) > 0  # a run that runs turns
    assert in_browser(lambda walker: count(walker, "reduce")) == 0


def test_forced_colours_leave_every_control_its_border(running, in_browser):
    def look(walker: walk.Walker) -> list[str]:
        return _open(walker, forced_colors="active").evaluate(_UNDRAWN)

    assert in_browser(look) == []


def test_a_dialog_keeps_the_focus_and_gives_it_back(running, in_browser):
    def walk_round(walker: walk.Walker) -> tuple[list[bool], bool]:
        tab = _open(walker)
        link = tab.locator("a.row-link").first
        link.focus()
        tab.keyboard.press("?")
        inside = []
        for _ in range(12):
            tab.keyboard.press("Tab")
            inside.append(tab.evaluate(_INSIDE))
        tab.keyboard.press("Escape")
        return inside, link.evaluate("(one) => one === document.activeElement")

    inside, is_back = in_browser(walk_round)
    assert all(inside)
    assert is_back


def test_texts_of_twice_the_size_are_read_without_scrolling_sideways(running, in_browser):
    """Who asks for larger letters gets the layout of a window that is as much smaller."""

    def read(walker: walk.Walker) -> list[str]:
        wrong = []
        for page in pages.ROOMS:
            if page.name in LARGE:
                tab = walker.visit(page)
                tab.set_viewport_size({"width": 1024, "height": 768})
                found = [*measure.too_wide(tab), *measure.unreadable(tab)]
                wrong += [f"{page.name}: {what}" for what in found]
        return wrong

    assert in_browser(read, "en-GB", "--blink-settings=defaultFontSize=32") == []
