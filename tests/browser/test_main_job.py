"""From signing in to the closed loop: by mouse, by keyboard alone, and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from scripts.screenshots import walk
from tests.browser import job as jobs
from tests.browser import keyboard

pytestmark = pytest.mark.needs_program("chromium")
ACTION = "Delete rotated logs older than 7 days"


@pytest.fixture
def job(truncatable, live_server) -> jobs.Job:
    return jobs.Job(live_server.url)


def test_by_mouse(job, in_browser):
    assert in_browser(lambda walker: by_pointer(walker, walker.open(), job)) == []


def test_without_javascript(job, in_browser):
    def without(walker: walk.Walker) -> list[str]:
        return by_pointer(walker, walker.open(java_script_enabled=False), job)

    assert in_browser(without) == []


def by_pointer(walker: walk.Walker, tab: Page, job: jobs.Job) -> list[str]:
    """Do the job by pointing and clicking; answers what went wrong on the way."""
    tab.goto(walker.base_url)
    tab.get_by_label("E-mail address").fill(jobs.OPERATOR[0])
    tab.get_by_label("Password", exact=True).fill(jobs.OPERATOR[1])
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("heading", level=1)).to_be_visible()

    job.alert()
    job.ask()
    tab.get_by_role("navigation", name="Main").get_by_role("link", name="Approvals").click()
    card = tab.get_by_role("article", name=ACTION)
    expect(card).to_contain_text("older_than_days")
    card.get_by_label("Reason").fill("Disk is at 95 %")
    card.get_by_role("button", name="Approve").click()
    expect(tab.get_by_role("status").filter(has_text="pproved").first).to_be_visible()
    assert job.state() == "running"

    job.finish()
    tab.get_by_role("navigation", name="Main").get_by_role("link", name="Incidents").click()
    tab.get_by_role("link", name="DiskFull").click()
    expect_closed_loop(tab)
    return walker.complaints


def test_by_keyboard_alone(job, in_browser):
    wrong, asked = in_browser(lambda walker: by_keyboard(walker, job))
    assert wrong == []
    assert len(asked) == 1, asked  # the decision is durable and shown after one request
    assert asked[0].startswith("POST ")


def by_keyboard(walker: walk.Walker, job: jobs.Job) -> tuple[list[str], list[str]]:
    """Do the job without pointing; answers what went wrong, and what `a` asked of the server."""
    tab = walker.open()
    hand = keyboard.Hand(tab)
    tab.goto(walker.base_url)
    hand.type(jobs.OPERATOR[0])  # the first field has the focus
    hand.tab_to(tab.get_by_label("Password", exact=True))
    hand.type(jobs.OPERATOR[1])
    hand.press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_be_visible()
    hand.press("Tab")
    expect(tab.get_by_role("link", name="Skip to the content")).to_be_focused()

    job.alert()
    job.ask()
    hand.tab_to(tab.get_by_role("navigation", name="Main").get_by_role("link", name="Approvals"))
    hand.press("Enter")
    card = tab.get_by_role("article", name=ACTION)
    expect(card).to_be_visible()
    tab.wait_for_load_state("load")  # a key that is pressed before its script is there is lost
    hand.press("j")
    assert card.evaluate("(one) => one.contains(document.activeElement)")
    hand.tab_to(card.get_by_label("Reason"))
    hand.type("Disk is at 95 %")
    hand.tab_to(card.get_by_role("button", name="Approve"))
    asked = []
    tab.on("request", lambda one: asked.append(f"{one.method} {one.url}"))
    hand.press("a")
    expect(tab.get_by_role("article", name=ACTION)).to_contain_text("Approved")
    shown_after = list(asked)
    assert job.state() == "running"
    hand.must_be_somewhere()

    job.finish()
    hand.tab_to(tab.get_by_role("link", name="INC-").first)
    hand.press("Enter")
    expect_closed_loop(tab)
    return [*walker.complaints, *hand.lost], shown_after


def expect_closed_loop(tab: Page) -> None:
    """Read on the incident's page that it is over, and that each stage of it is on record."""
    expect(tab.locator("main")).to_contain_text("Cleared")
    stages = tab.locator("#chain").get_by_role("listitem")
    expect(stages).to_have_count(8)
    for number in range(8):
        expect(stages.nth(number)).to_contain_text("Done")
    expect(tab.get_by_role("region", name="Approvals")).to_contain_text(jobs.OPERATOR[0])
