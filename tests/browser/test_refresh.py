"""A live refresh takes nothing away: what has the focus keeps it, with or without an id."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from awooop import callers, tenancy
from scripts.screenshots import walk
from tests import factories
from tests.knowledge import make

pytestmark = pytest.mark.needs_program("chromium")
RUNS = "/awooop/runs"
SPOTS = {
    "the link of a row": "tbody tr:nth-of-type(2) a.row-link",
    "a link without an id": "tbody tr:nth-of-type(2) td:nth-child(2) a",
    "the table that scrolls": ".table-wrap",
}
_HERE = """() => {
  const here = document.activeElement, row = here.closest("tr[id]");
  return [here.tagName, row && row.id, here.textContent.trim().slice(0, 60)];
}"""

_LISTEN = """() => { window.settled = new Promise((done) =>
  document.addEventListener("htmx:afterSettle", () => done(null), {once: true})); }"""


@pytest.fixture
def runs(accounts):
    factories.project("awoooi")
    with tenancy.scope(["awoooi"]):
        for number in range(3):
            factories.run("awoooi", trigger_ref=f"run {number}", agent_id=f"agent-{number}")


@pytest.mark.parametrize("spot", list(SPOTS))
def test_what_has_the_focus_keeps_it(spot, runs, in_browser):
    before, after, wrong = in_browser(lambda walker: _refreshed(walker, SPOTS[spot]))
    assert before[0] != "BODY"
    assert after == before
    assert wrong == []


def _refreshed(walker: walk.Walker, selector: str) -> tuple[list, list, list[str]]:
    tab = walker.sign_in("admin")
    tab.clock.install()
    tab.goto(walker.base_url + RUNS)
    tab.locator(selector).first.focus()
    before = tab.evaluate(_HERE)
    _fast_forward(tab)
    return before, tab.evaluate(_HERE), walker.complaints


def test_a_filter_outlives_the_refresh_and_the_tools_are_about_it(accounts, in_browser):
    factories.project("awoooi")
    with tenancy.scope(["awoooi"]):
        for title in ("Disk full", "Slow pod"):
            make.entry(callers.system("tests", ["awoooi"]), title=title, content="What to do")
    said = in_browser(_filtered)
    assert said == {
        "hits": ["Disk full"],
        "focus": "id_q",
        "typed": "disk",
        "file": True,
        "paused": "true",
        "wrong": [],
    }


def _filtered(walker: walk.Walker) -> dict:
    tab = walker.sign_in("admin")
    tab.clock.install()
    tab.goto(walker.base_url + "/knowledge")
    tab.locator("#id_q").focus()
    tab.keyboard.type("disk")
    tab.clock.fast_forward(300)
    expect(tab.locator(".hits > li")).to_have_count(1)
    _fast_forward(tab)
    tab.locator("[data-pause]").click()
    tab.locator("#id_q").focus()
    return {
        "hits": tab.locator(".hits h2").all_inner_texts(),
        "focus": tab.evaluate("document.activeElement.id"),
        "typed": tab.locator("#id_q").input_value(),
        "file": "q=disk" in (tab.locator('a[href*="format=csv"]').get_attribute("href") or ""),
        "paused": tab.locator("[data-pause]").get_attribute("aria-pressed"),
        "wrong": walker.complaints,
    }


def _fast_forward(tab: Page) -> None:
    """Let the time of one refresh pass, and its answer settle."""
    tab.evaluate(_LISTEN)
    tab.clock.fast_forward(16_000)
    tab.evaluate("window.settled")
