"""What every page has, as a hand meets it: the palette, kept views, columns, notes, a pause."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from scripts.screenshots import walk
from tests.browser import axe

pytestmark = pytest.mark.needs_program("chromium")


def signed_in(walker: walk.Walker, who: str = "admin", **context) -> Page:
    """Answer a tab of somebody who signed in by hand."""
    tab = walker.open(**context)
    email, password = walker.accounts[who]
    tab.goto(f"{walker.base_url}/login")
    tab.fill("input[name=username]", email)
    tab.fill("input[name=password]", password)
    tab.get_by_role("button", name="Sign in").click()
    tab.wait_for_url(lambda url: "/login" not in url)
    return tab


def test_the_palette_by_keyboard_alone(demo, in_browser):
    def act(walker: walk.Walker) -> list[str]:
        tab = signed_in(walker)
        tab.goto(f"{walker.base_url}/awooop/runs")
        tab.locator("#id_agent_id").focus()
        tab.keyboard.press("Control+k")
        dialog = tab.get_by_role("dialog", name="Find")
        expect(dialog.get_by_role("link", name="Outbox")).to_be_visible()  # without a word: pages
        tab.keyboard.type("disk")
        hits = tab.locator("#palette-found a")
        expect(hits.filter(has_text="disk").first).to_be_visible()
        tab.keyboard.press("ArrowDown")
        expect(hits.first).to_be_focused()
        tab.keyboard.press("ArrowDown")
        expect(hits.nth(1)).to_be_focused()
        tab.keyboard.press("ArrowUp")
        tab.keyboard.press("ArrowUp")
        expect(tab.locator("#palette-q")).to_be_focused()
        tab.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(tab.locator("#id_agent_id")).to_be_focused()  # back where one was
        tab.keyboard.press("Control+k")
        tab.locator("#palette-q").fill("outbox")
        expect(hits.first).to_contain_text("Outbox")
        tab.keyboard.press("Enter")
        tab.wait_for_url("**/awooop/outbox")
        return walker.complaints + tab.evaluate("window.violations")

    assert in_browser(act) == []


def test_the_palettes_button_without_javascript(demo, in_browser):
    def act(walker: walk.Walker) -> list[str]:
        tab = signed_in(walker, java_script_enabled=False)
        tab.get_by_role("banner").get_by_role("link", name="Find").click()
        tab.get_by_label("Id or words").first.fill("INC-2026")
        tab.get_by_role("main").get_by_role("button", name="Find").click()
        tab.locator(".found a").first.click()
        expect(tab.locator("h1")).to_be_visible()
        assert "/awooop/incidents/INC-" in tab.url
        return walker.complaints

    assert in_browser(act) == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_view_is_kept_opened_with_deleted_brought_back_and_renamed(demo, in_browser, scripts):
    def act(walker: walk.Walker) -> list[str]:
        tab = signed_in(walker, java_script_enabled=scripts)
        tab.goto(f"{walker.base_url}/awooop/runs?state=failed")
        tab.locator("#list-views summary").click()
        tab.get_by_label("Keep what is shown as").fill("Only what failed")
        tab.locator("#list-views").get_by_label("Open the list with it").check()
        tab.locator("#list-views").get_by_role("button", name="Keep").click()
        expect(tab.get_by_role("status").filter(has_text="Only what failed").first).to_be_visible()
        tab.goto(f"{walker.base_url}/awooop/runs")
        assert tab.url.endswith("?state=failed")  # the list opens with it
        tab.get_by_role("link", name="Remove the filter State").click()
        assert tab.url.endswith("?view=all")
        tab.goto(f"{walker.base_url}/awooop/views")
        tab.get_by_role("button", name="Delete").click()
        toast = tab.locator("#messages")
        expect(toast).to_contain_text("is deleted")
        toast.get_by_role("button", name="Undo").click()
        expect(tab.get_by_role("link", name="Only what failed")).to_be_visible()
        tab.get_by_role("link", name="Rename or share").click()
        wrong = axe.look(tab) if scripts else []
        tab.get_by_label("Name", exact=True).fill("What broke")
        tab.get_by_role("button", name="Save").click()
        expect(tab.get_by_role("link", name="What broke")).to_be_visible()
        return [*walker.complaints, *wrong]

    assert in_browser(act) == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_columns_are_chosen_and_stay(demo, in_browser, scripts):
    def act(walker: walk.Walker) -> list[str]:
        tab = signed_in(walker, java_script_enabled=scripts)
        tab.set_viewport_size({"width": 1440, "height": 900})
        tab.goto(f"{walker.base_url}/awooop/runs")
        tab.locator("#list-columns summary").click()
        tab.locator("#list-columns").get_by_label("Cost").uncheck()
        tab.locator("#list-columns").get_by_label("Worker").check()
        tab.locator("#list-columns").get_by_role("button", name="Show these").click()
        for _again in range(2):
            expect(tab.get_by_role("columnheader", name="Worker")).to_be_visible()
            expect(tab.get_by_role("columnheader", name="Cost")).to_have_count(0)
            tab.goto(f"{walker.base_url}/awooop/runs")
        tab.locator("#list-columns summary").click()
        tab.get_by_role("button", name="As it was").click()
        expect(tab.get_by_role("columnheader", name="Cost")).to_be_visible()
        return walker.complaints

    assert in_browser(act) == []


def test_a_note_is_written_struck_out_and_restored_in_place(demo, in_browser):
    def act(walker: walk.Walker) -> list[str]:
        tab = signed_in(walker)
        tab.goto(f"{walker.base_url}/awooop/runs?state=running")
        tab.locator("tbody a.row-link").first.click()
        tab.locator("#note-new summary").click()
        tab.get_by_label("Note", exact=True).fill("It is the **disk** again")
        address = tab.url
        tab.get_by_role("button", name="Write").click()
        note = tab.locator("article.note")
        expect(note.locator("strong", has_text="disk")).to_be_visible()
        note.get_by_role("button", name="Strike out").click()
        expect(note.locator("del")).to_contain_text("disk")
        restore = note.get_by_role("button", name="Restore")
        expect(restore).to_be_focused()  # the focus stays where the hand is
        restore.click()
        expect(note.locator("del")).to_have_count(0)
        assert tab.url == address
        return walker.complaints + tab.evaluate("window.violations")

    assert in_browser(act) == []


def test_a_pause_stops_the_updates_of_a_list(demo, in_browser):
    def act(walker: walk.Walker) -> list[str]:
        tab = signed_in(walker)
        asked: list[str] = []
        tab.clock.install()
        tab.goto(f"{walker.base_url}/awooop/incidents")
        tab.on("request", lambda one: asked.append(one.url) if "view=all" in one.url else None)
        tab.get_by_role("button", name="Pause updates").click()
        tab.clock.run_for(40_000)
        assert asked == []
        tab.get_by_role("button", name="Pause updates").click()
        with tab.expect_response(lambda answer: "view=all" in answer.url):
            tab.clock.run_for(16_000)
        return walker.complaints

    assert in_browser(act) == []
