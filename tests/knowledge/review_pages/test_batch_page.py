"""Queueing a batch: the preview writes nothing, the confirmation does what was previewed."""

from __future__ import annotations

import pytest

from governance.models import Dispatch
from knowledge.models import KnowledgeEntry
from knowledge.reviews import REVIEW
from tests.knowledge.review_pages.steps import (
    BATCH,
    STALE,
    confirm_batch,
    hidden,
    preview_batch,
    queue,
    text,
)
from tests.knowledge.reviews.rows import entry

pytestmark = pytest.mark.django_db


def queued() -> set[str]:
    rows = Dispatch.objects.filter(executor_type=REVIEW, dispatch_status="pending")
    return set(rows.values_list("subject", flat=True))


def test_the_preview_says_what_would_happen_to_each_and_writes_nothing(page):
    first, second = entry(20, title="One"), entry(30, title="Two")
    queue(page, first)
    before = Dispatch.objects.count()
    answer = preview_batch(page)
    shown = text(answer)
    assert "1 entry would be queued" in shown
    assert "Would be queued" in shown
    assert "In review already" in shown
    assert Dispatch.objects.count() == before
    fingerprint = hidden(answer, after=f'action="{BATCH}"')["dry_run_plan_fingerprint"]
    assert len(fingerprint) == 64
    assert second.title in shown


def test_confirming_queues_all_and_shows_the_batch(page):
    made = {str(entry(20 + n, title=f"Entry {n}").pk) for n in range(3)}
    entry(1, title="Fresh")
    answer = confirm_batch(page, preview_batch(page, owner_note="By Friday"))
    assert queued() == made
    shown = text(page.get(answer["Location"]))
    assert all(f"Entry {n}" in shown for n in range(3))
    assert "By Friday" in shown


def test_no_knowledge_is_written(page):
    made = entry(20)
    confirm_batch(page, preview_batch(page))
    assert KnowledgeEntry.objects.get(pk=made.pk).version == made.version


def test_pressing_the_button_twice_queues_once(page):
    entry(20)
    preview = preview_batch(page)
    confirm_batch(page, preview)
    again = confirm_batch(page, preview)
    assert "They are in review already" in text(page.get(again["Location"]))
    assert len(queued()) == 1


def test_a_plan_that_changed_is_shown_again_with_why(page):
    entry(20, title="One")
    preview = preview_batch(page)
    entry(40, title="Come since")
    answer = confirm_batch(page, preview)
    assert answer.status_code == 409
    assert "The plan has changed since you previewed it." in text(answer)
    assert "Come since" in text(answer)
    assert queued() == set()
    confirm_batch(page, answer)
    assert len(queued()) == 2


def test_a_changed_input_is_another_plan(page):
    entry(20)
    form = hidden(preview_batch(page), after=f'action="{BATCH}"')
    answer = page.post(BATCH, {**form, "owner": "somebody else"})
    assert answer.status_code == 409
    assert queued() == set()


@pytest.mark.parametrize(
    "wrong", [{"limit": "51"}, {"limit": "0"}, {"owner": ""}, {"priority_tiers": ["P7"]}]
)
def test_what_is_wrong_stands_at_its_field_and_the_rest_stays(page, wrong):
    entry(20)
    answer = preview_batch(page, **{"owner_note": "kept words", **wrong})
    assert answer.status_code == 422
    assert "field-error" in text(answer)
    assert "kept words" in text(answer)


def test_nothing_to_queue_has_no_button(page):
    queue(page, entry(20))
    shown = text(preview_batch(page))
    assert "There is nothing to queue" in shown
    assert "Confirm" not in shown


def test_reading_its_address_leads_to_the_list(page):
    assert page.get(BATCH)["Location"] == STALE


def test_who_may_not_review_may_not_queue(viewer):
    entry(20)
    assert preview_batch(viewer).status_code == 403


def test_another_project_is_unknown(page, other_project):
    assert preview_batch(page, project_id="other").status_code == 404
