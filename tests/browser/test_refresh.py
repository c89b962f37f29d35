"""A live refresh takes nothing away: what has the focus keeps it, with or without an id."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from awooop import tenancy
from scripts.screenshots import walk
from tests import factories

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


def _fast_forward(tab: Page) -> None:
    """Let the time of one refresh pass, and its answer settle."""
    tab.evaluate(_LISTEN)
    tab.clock.fast_forward(16_000)
    tab.evaluate("window.settled")
