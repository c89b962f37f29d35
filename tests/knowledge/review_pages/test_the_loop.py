"""The whole loop over the pages: too much is stale, owners review it, the ratio is back."""

from __future__ import annotations

import pytest

from awooop import callers
from governance.actions import self_check
from governance.models import Dispatch, GovernanceEvent
from knowledge.actions import rechecks, review_drafts
from knowledge.models import KnowledgeEntry
from tests.knowledge.review_pages import steps
from tests.knowledge.review_pages.steps import text
from tests.knowledge.reviews.rows import entry, stale_and_fresh

pytestmark = pytest.mark.django_db
SYSTEM = callers.system("tests", ["awoooi"])


def degradation() -> GovernanceEvent:
    return GovernanceEvent.objects.get(event_type="knowledge_degradation")


def check() -> None:
    self_check.run(by=SYSTEM, trigger="manual", project_ids=["awoooi"])


def test_from_degraded_to_resolved(page):
    fresh = entry(1, title="The newer one")
    refreshed, archived, superseded = stale_and_fresh(3, 5)
    check()
    assert not degradation().resolved
    review_drafts.draft_waiting(by=SYSTEM)
    assert "Review draft: 3 stale entries" in text(page.get(steps.DRAFTS))
    batch = steps.confirm_batch(page, steps.preview_batch(page))
    inbox = text(page.get(batch["Location"]))
    assert all(each.title in inbox for each in (refreshed, archived, superseded))
    _complete(page, refreshed, steps.REFRESH)
    _complete(page, archived, steps.ARCHIVE)
    _complete(page, superseded, {"review_outcome": "supersede", "superseded_by_id": str(fresh.pk)})
    assert _status(refreshed) == "approved"
    assert {_status(archived), _status(superseded)} == {"archived"}
    assert "Above the threshold" not in text(page.get(steps.BURN_DOWN))
    assert rechecks.run_waiting(by=SYSTEM) == 3
    assert degradation().resolved
    shown = text(page.get(steps.BURN_DOWN))
    assert "Within the threshold" in shown
    assert all(each.title in shown for each in (refreshed, archived, superseded))
    assert "The inbox is empty" in text(page.get(steps.REVIEWS))
    assert not Dispatch.objects.filter(dispatch_status__in=["pending", "executing"]).exists()


def _complete(page, made: KnowledgeEntry, typed: dict[str, str]) -> None:
    answer = steps.confirm(page, made, steps.preview(page, made, typed))
    assert answer.status_code == 302, text(answer)


def _status(made: KnowledgeEntry) -> str:
    return KnowledgeEntry.objects.get(pk=made.pk).status
