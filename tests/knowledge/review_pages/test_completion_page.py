"""The page of one review: the form, its preview, the second step, and what came of it."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.models import Dispatch
from knowledge.actions import entries
from knowledge.models import KnowledgeEntry, KnowledgeRevision
from tests.knowledge.review_pages.steps import (
    ARCHIVE,
    HTMX,
    REFRESH,
    confirm,
    hidden,
    preview,
    queue,
    review_of,
    text,
)
from tests.knowledge.reviews.rows import entry, tied
from tests.runs.transactions import read_only

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(page):
    """An entry in review."""
    written = entry(30, title="Disk full", alertname="DiskFull", **tied())
    queue(page, written, owner_note="Please look")
    return written


@pytest.fixture
def newer(made):
    """A fresher entry about the same alert."""
    return entry(1, title="Disk full, by the book", alertname="DiskFull")


def now_is(made) -> KnowledgeEntry:
    return KnowledgeEntry.objects.get(pk=made.pk)


def test_the_form_holds_the_present_text_and_the_recommended_outcome(page, made):
    shown = text(page.get(review_of(made)))
    assert "# Disk full\n\nGrow it.</textarea>" in shown
    assert re.search(
        r'aria-current="page">Refresh with evidence<span class="count">recommended', shown
    )
    assert "Please look" in shown


def test_where_a_fresher_entry_is_there_superseding_is_recommended(page, made, newer):
    shown = text(page.get(review_of(made)))
    assert re.search(r'aria-current="page">Supersede<span class="count">recommended', shown)
    assert f'value="{newer.pk}"' in shown


def test_each_outcome_has_an_address(page, made):
    assert 'name="updated_content"' not in text(page.get(review_of(made), {"outcome": "archive"}))
    assert page.get(review_of(made), {"outcome": "burn"}).status_code == 422


def test_the_preview_of_a_refresh_shows_the_difference_and_writes_nothing(page, made):
    answer = preview(page, made, REFRESH)
    shown = text(answer)
    assert "<mark>, then rotate the logs</mark>" in shown
    assert "it is no longer stale" in shown
    assert "100.0 % stale: 1 of 1 in use" in shown
    assert "0.0 % stale: 0 of 1 in use" in shown
    assert now_is(made).version == 1


def test_a_refresh_is_confirmed(page, made):
    answer = confirm(page, made, preview(page, made, {**REFRESH, "updated_title": "Disk is full"}))
    assert answer["Location"] == review_of(made)
    entry_now = now_is(made)
    assert (entry_now.title, entry_now.version) == ("Disk is full", 2)
    assert entry_now.content == REFRESH["updated_content"]
    assert "Followed on the standby" in KnowledgeRevision.objects.get(entry=made, version=2).reason
    assert "Being measured" in text(page.get(review_of(made)))


def test_line_ends_of_a_browser_are_no_change(page, made):
    typed = {**REFRESH, "updated_content": "# Disk full\r\n\r\nGrow it."}
    answer = preview(page, made, typed)
    assert "The content is the same." in text(answer)
    assert "confirmed as still right" in text(answer)
    confirm(page, made, answer)
    assert now_is(made).content == "# Disk full\n\nGrow it."


def test_archiving_is_confirmed(page, made):
    shown = preview(page, made, ARCHIVE)
    assert "The entry is archived" in text(shown)
    confirm(page, made, shown)
    assert now_is(made).status == "archived"


def test_superseding_is_confirmed_by_choice(page, made, newer):
    typed = {"review_outcome": "supersede", "superseded_by_entry_id": str(newer.pk)}
    shown = preview(page, made, typed)
    assert "Disk full, by the book" in text(shown)
    confirm(page, made, shown)
    assert now_is(made).superseded_by_id == newer.pk


def test_superseding_takes_an_address_as_well(page, made, newer):
    typed = {
        "review_outcome": "supersede",
        "superseded_by_id": f"http://x/knowledge/{newer.pk}?a=1",
    }
    confirm(page, made, preview(page, made, typed))
    assert now_is(made).superseded_by_id == newer.pk


def test_the_other_entry_is_searched_for_without_a_script(page, made):
    other = entry(1, title="Rotating certificates")
    form = {
        "review_outcome": "supersede",
        "step": "search",
        "q": "certificates",
        "owner_note": "abc",
    }
    answer = page.post(review_of(made), form)
    assert answer.status_code == 200
    assert f'value="{other.pk}"' in text(answer)
    assert "abc</textarea>" in text(answer)


def test_and_while_typing_with_one(page, made):
    other = entry(1, title="Rotating certificates")
    found = page.get(f"{review_of(made)}/replacements", {"q": "certificates"}, headers=HTMX)
    assert f'value="{other.pk}"' in text(found)
    assert str(made.pk) not in text(found)
    nothing = page.get(f"{review_of(made)}/replacements", {"q": "zzzzzz"}, headers=HTMX)
    assert "Nothing was found" in text(nothing)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({**REFRESH, "updated_content": " "}, "write what it says now"),
        ({**REFRESH, "owner_note": ""}, "say on which evidence"),
        ({**ARCHIVE, "owner_note": "n" * 501}, "at most 500 characters"),
        ({"review_outcome": "supersede"}, "name the entry that takes its place"),
        ({"review_outcome": "supersede", "superseded_by_id": "nonsense"}, "no id of an entry"),
        ({"review_outcome": "supersede", "superseded_by_id": str(uuid4())}, "no such entry"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(page, made, typed, said):
    answer = preview(page, made, typed)
    assert answer.status_code == 422
    assert said in text(answer)
    assert typed.get("owner_note", "")[:400] in text(answer)
    assert now_is(made).version == 1


def test_without_the_owners_approval_nothing_is_written(page, made):
    answer = confirm(page, made, preview(page, made, ARCHIVE), owner_approved="")
    assert answer.status_code == 409
    assert "The owner&#x27;s approval is missing." in text(answer).replace("'", "&#x27;")
    assert now_is(made).status == "approved"
    confirm(page, made, answer)
    assert now_is(made).status == "archived"


def test_who_confirms_without_a_preview_sees_the_plan_first(page, made):
    answer = preview(page, made, {**ARCHIVE, "step": "confirm", "owner_approved": "on"})
    assert answer.status_code == 409
    assert "Look at the plan first." in text(answer)
    assert now_is(made).status == "approved"


def test_what_somebody_changed_since_is_shown_as_a_new_plan(page, made, by):
    shown = preview(page, made, REFRESH)
    where = {"by": by, "project_id": "awoooi", "entry_id": made.pk, "version": 1}
    entries.update(**where, tags=["storage"])
    answer = confirm(page, made, shown)
    assert answer.status_code == 409
    assert "The plan has changed since you previewed it." in text(answer)
    assert now_is(made).version == 2
    confirm(page, made, answer)
    assert now_is(made).version == 3


def test_an_entry_refreshed_meanwhile_blocks_and_says_what_to_do(page, made, by):
    shown = preview(page, made, REFRESH)
    where = {"by": by, "project_id": "awoooi", "entry_id": made.pk, "version": 1}
    entries.update(**where, content="Theirs")
    answer = confirm(page, made, shown)
    assert answer.status_code == 409
    assert "The entry was refreshed since it was queued." in text(answer)
    assert "Nothing was written." in text(answer)
    assert now_is(made).content == "Theirs"


def test_without_an_owner_the_form_asks_for_one(page):
    made = entry(30, owner="")
    queue(page, made, owner="")
    shown = text(page.get(review_of(made)))
    assert "Nobody owns the entry." in shown
    assert 'value="preview"' in shown
    confirm(page, made, preview(page, made, ARCHIVE))
    assert now_is(made).status == "archived"


def test_confirming_twice_writes_once(page, made):
    shown = preview(page, made, REFRESH)
    confirm(page, made, shown)
    before = Dispatch.objects.count()
    again = confirm(page, made, shown)
    assert "It was completed before" in text(page.get(again["Location"]))
    assert (now_is(made).version, Dispatch.objects.count()) == (2, before)


def test_going_back_from_the_preview_keeps_the_words(page, made):
    carried = hidden(preview(page, made, REFRESH), after="<h2>Confirm</h2>")
    answer = page.post(review_of(made), {**carried, "step": "edit"})
    assert answer.status_code == 200
    assert "then rotate the logs.</textarea>" in text(answer)
    assert "Followed on the standby</textarea>" in text(answer)


def test_a_completed_review_leads_to_the_next(page, made):
    other = entry(40, title="Another")
    queue(page, other)
    confirm(page, made, preview(page, made, ARCHIVE))
    shown = text(page.get(review_of(made)))
    assert f'href="{review_of(other)}"' in shown
    assert "The next one (1 ready)" in shown


def test_by_htmx_the_preview_takes_the_forms_place(page, made):
    answer = preview(page, made, REFRESH, headers=HTMX)
    assert "<html" not in text(answer)
    assert "What confirming does" in text(answer)


def test_a_viewer_reads_without_buttons_and_may_not(viewer, page, made):
    shown = text(viewer.get(review_of(made)))
    assert "Grow it." in shown
    assert 'value="preview"' not in shown
    assert preview(viewer, made, ARCHIVE).status_code == 403


def test_another_projects_review_is_unknown(page, made, other_project):
    Dispatch.objects.filter(subject=str(made.pk)).update(subject="")
    from awooop import callers, tenancy
    from knowledge.actions import queue_reviews

    theirs = entry(30, project="other")
    with tenancy.scope(["other"]):
        by = callers.system("tests", ["other"])
        queued = queue_reviews.queue_one(by=by, entry_id=theirs.pk)
    address = f"/knowledge/reviews/{queued.item.dispatch.pk}"
    assert page.get(address).status_code == 404
    assert page.post(address, ARCHIVE).status_code == 404
    assert page.get(f"{address}/replacements", headers=HTMX).status_code == 404


def test_an_entry_of_another_project_takes_no_place(page, made, other_project):
    theirs = entry(1, project="other")
    typed = {"review_outcome": "supersede", "superseded_by_id": str(theirs.pk)}
    answer = preview(page, made, typed)
    assert (answer.status_code, "no such entry" in text(answer)) == (422, True)


def test_hostile_text_stays_text(page):
    hostile = "<script>alert(1)</script>"
    made = entry(30, title=hostile, content=hostile)
    queue(page, made, owner_note=hostile)
    typed = {**REFRESH, "updated_content": f"{hostile}</textarea>{hostile}", "owner_note": hostile}
    for answer in (page.get(review_of(made)), preview(page, made, typed)):
        assert "<script>alert" not in text(answer)


def test_reading_costs_the_same_however_many_there_are(page, made):
    counts = []
    for _ in range(2):
        queue(page, entry(20, title="More"))
        with CaptureQueriesContext(connection) as queries:
            page.get(review_of(made))
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]


def test_reading_works_in_a_read_only_transaction(page, made):
    with read_only():
        for outcome in ("refresh_with_evidence", "archive", "supersede"):
            assert page.get(review_of(made), {"outcome": outcome}).status_code == 200
