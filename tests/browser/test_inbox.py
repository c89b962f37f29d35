"""The inbox in a real browser: keys, what arrives and ends meanwhile, several at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from scripts.screenshots import walk
from tests.browser import desk as desks

pytestmark = pytest.mark.needs_program("chromium")
INBOX = "/awooop/approvals"
Act = Callable[[Page], None]

# Notifications are noted instead of shown, and the browser is asked for leave when it is asked.
_NOTE = """
window.asked = 0; window.shown = [];
window.Notification = class extends EventTarget {
  static permission = "default";
  static async requestPermission() {
    window.asked += 1;
    return (Notification.permission = "granted");
  }
  constructor(title, options) {
    super();
    window.shown.push([title, options.body]);
    document.documentElement.dataset.shown = window.shown.length;
  }
  close() {}
};
"""
_HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def desk(truncatable, live_server) -> desks.Desk:
    return desks.Desk(live_server.url)


@pytest.fixture
def inbox(desk, in_browser):
    """Run `act(tab)` on the operator's inbox; fails on any complaint of the browser."""

    def run(act: Act, **options) -> None:
        def visit(walker: walk.Walker) -> list[str]:
            tab = walker.open(**options)
            tab.goto(walker.base_url + "/login?next=" + INBOX)
            tab.get_by_label("E-mail address").fill(desks.OPERATOR[0])
            tab.get_by_label("Password", exact=True).fill(desks.OPERATOR[1])
            tab.get_by_role("button", name="Sign in").click()
            expect(tab.get_by_role("heading", level=1)).to_have_text("Approvals")
            tab.wait_for_load_state("load")  # a key before its script is there is lost
            act(tab)
            return [*walker.complaints, *tab.evaluate("window.violations || []")]

        assert in_browser(visit) == []

    return run


def look(tab: Page) -> None:
    """Let the page ask for news now instead of in fifteen seconds."""
    with tab.expect_response(lambda answer: "since" in answer.url or "/approvals" in answer.url):
        tab.evaluate("htmx.trigger('#poll', 'look-now')")


def card(tab: Page, action: str):
    return tab.get_by_role("article", name=action)


def test_what_arrives_leaves_what_is_typed_and_read_alone(desk, inbox):
    desk.ask("First")

    def act(tab: Page) -> None:
        field = card(tab, "First").get_by_label("Reason")
        field.press_sequentially("Half a sen")
        top = card(tab, "First").bounding_box()["y"]
        desk.ask("Second")
        look(tab)
        news = tab.get_by_role("link", name="1 new: show it")
        expect(news).to_be_visible()
        expect(tab).to_have_title("(1) Approvals · AwoooP")
        expect(card(tab, "Second")).to_have_count(0)
        field.press_sequentially("tence")
        expect(field).to_have_value("Half a sentence")
        expect(field).to_be_focused()
        assert card(tab, "First").bounding_box()["y"] == top
        field.press("Escape")
        tab.keyboard.press("n")
        expect(card(tab, "Second")).to_be_visible()
        expect(field).to_have_value("Half a sentence")
        expect(news).to_have_count(0)
        expect(tab).to_have_title("Approvals · AwoooP")

    inbox(act)


def test_what_another_decided_is_marked_in_place_with_who_and_the_text_stays(desk, inbox):
    asked = desk.ask("First")

    def act(tab: Page) -> None:
        one = card(tab, "First")
        one.get_by_label("Reason").fill("I was about to")
        desk.reject(asked)
        look(tab)
        expect(tab.get_by_role("status").filter(has_text="Rejected")).to_contain_text("by test key")
        expect(one.get_by_role("button", name="Approve")).to_be_disabled()
        expect(one.get_by_label("Reason")).to_have_value("I was about to")

    inbox(act)
    assert desk.outcomes() == {"First": "rejected"}


def test_who_loses_the_race_is_told_in_place_who_won(desk, inbox):
    asked = desk.ask("First")

    def act(tab: Page) -> None:
        card(tab, "First").focus()
        desk.reject(asked)
        tab.keyboard.press("a")
        one = card(tab, "First")
        expect(one).to_contain_text("Your decision was not taken.")
        expect(one).to_contain_text("test key")
        expect(one).to_contain_text("Wait for the owner")

    inbox(act)


def test_what_changed_is_said_and_shown_anew_before_it_is_decided(desk, inbox):
    asked = desk.ask("First")

    def act(tab: Page) -> None:
        before = tab.locator(f"#decision-{asked} form").get_attribute("action")
        desk.extend(asked)
        look(tab)
        expect(tab.locator(f"#news-{asked}")).to_contain_text("no longer what you see")
        tab.get_by_role("link", name="Show it as it is now").click()
        expect(tab.locator(f"#news-{asked}")).not_to_contain_text("no longer")
        assert tab.locator(f"#decision-{asked} form").get_attribute("action") != before
        look(tab)
        expect(tab.locator(f"#news-{asked}")).not_to_contain_text("no longer")

    inbox(act)


def test_keys_do_nothing_while_typing_and_a_high_risk_takes_a_second_press(desk, inbox):
    desk.ask("Risky", "high")

    def act(tab: Page) -> None:
        tab.keyboard.press("j")
        one = card(tab, "Risky")
        one.get_by_label("Reason").press_sequentially("a r x ? j")
        expect(one.get_by_label("Reason")).to_have_value("a r x ? j")
        expect(tab.get_by_role("dialog")).to_have_count(0)
        tab.keyboard.press("Escape")
        tab.keyboard.press("?")
        expect(tab.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
        tab.keyboard.press("Escape")
        expect(tab.get_by_role("dialog")).to_have_count(0)
        tab.keyboard.press("a")
        expect(one.get_by_role("button", name="Approve")).to_be_focused()
        expect(one).not_to_contain_text("Approved")
        tab.keyboard.press("Enter")
        expect(one).to_contain_text("Approved")

    inbox(act)
    assert desk.outcomes() == {"Risky": "approved"}


def test_several_are_chosen_by_key_and_decided_together(desk, inbox):
    for action, risk in (("First", "low"), ("Second", "medium"), ("Risky", "high")):
        desk.ask(action, risk)

    def act(tab: Page) -> None:
        together = tab.get_by_role("form", name="Decide on several")
        expect(together).to_be_hidden()
        for _ in range(3):
            tab.keyboard.press("j")
            tab.keyboard.press("x")
        expect(together).to_contain_text("2 chosen")
        expect(together).to_be_in_viewport()
        tab.keyboard.press("x")  # the risky one has no box
        together.get_by_role("button", name="Approve together").click()
        expect(tab.get_by_role("heading", level=1)).to_have_text("Approve 2?")
        tab.get_by_role("button", name="The evidence is enough").click()
        tab.get_by_role("button", name="Confirm: approve 2").click()
        expect(tab.get_by_role("heading", level=1)).to_have_text("2 approved")

    inbox(act)
    assert desk.outcomes() == {"First": "approved", "Second": "approved"}


def test_a_choice_can_be_taken_back(desk, inbox):
    desk.ask("First")
    desk.ask("Second")

    def act(tab: Page) -> None:
        tab.keyboard.press("j")
        tab.keyboard.press("x")
        together = tab.get_by_role("form", name="Decide on several")
        together.get_by_role("button", name="Choose every low and medium risk").click()
        expect(together).to_contain_text("2 chosen")
        together.get_by_role("button", name="Choose none").click()
        expect(together).to_be_hidden()

    inbox(act)
    assert desk.outcomes() == {}


def test_several_at_once_without_javascript(desk, inbox):
    asked = [desk.ask("First"), desk.ask("Second")]

    def act(tab: Page) -> None:
        for one in asked:
            tab.locator(f"#select-{one}").check()
        tab.get_by_role("button", name="Reject together").click()
        expect(tab.get_by_role("heading", level=1)).to_have_text("Reject 2?")
        tab.get_by_label("Reason").fill("Not tonight")
        desk.reject(asked[0])
        tab.get_by_role("button", name="Confirm: reject 2").click()
        expect(tab.get_by_role("heading", level=1)).to_have_text("1 rejected")
        expect(tab.locator("main")).to_contain_text("Decided by test key")

    inbox(act, java_script_enabled=False)
    assert desk.outcomes() == {"First": "rejected", "Second": "rejected"}


def test_a_notification_is_asked_for_by_a_click_only_and_comes_once(desk, inbox):
    desk.ask("First")

    def act(tab: Page) -> None:
        tab.add_init_script(_NOTE)
        tab.reload()
        desk.ask("Second")
        tab.evaluate(_HIDE, True)
        tab.evaluate("htmx.trigger('#poll', 'look-now')")  # a hidden tab asks nothing
        assert tab.evaluate("window.asked") == 0
        tab.evaluate(_HIDE, False)
        expect(tab.get_by_role("link", name="1 new")).to_be_visible()
        button = tab.get_by_role("button", name="Notify me")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        assert tab.evaluate("window.asked") == 1
        # Hidden first: the page looks by itself, too, and who sees it needs no note.
        tab.evaluate(_HIDE, True)
        desk.ask("Third")
        look(tab)
        expect(tab.get_by_role("link", name="2 new")).to_be_visible()
        # It comes once the page has settled. Not wait_for_function: to ask a second time it would
        # evaluate a string within the page, whose policy refuses that.
        expect(tab.locator("html[data-shown='1']")).to_be_attached()
        assert tab.evaluate("window.shown") == [
            ["A decision waits", "Open the inbox to see what is asked."]
        ]
        tab.evaluate(_HIDE, False)
        tab.reload()
        expect(button).to_have_attribute("aria-pressed", "false")  # this browser has to allow it
        tab.evaluate("Notification.permission = 'granted'")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "false")  # it was on: the click ends it

    inbox(act)


def test_an_approval_that_was_a_mistake_can_be_undone_until_the_agent_acts(desk, inbox):
    desk.ask("First")

    def act(tab: Page) -> None:
        tab.keyboard.press("j")
        tab.keyboard.press("a")
        one = card(tab, "First")
        expect(one).to_contain_text("Approved")
        one.get_by_role("link", name="Cancel the run").click()
        tab.get_by_label("Reason").first.fill("Wrong one")
        tab.locator("main form button.btn-danger-solid, main form button.btn-danger").first.click()
        expect(tab.locator("main")).to_contain_text("Cancelled")

    inbox(act)
