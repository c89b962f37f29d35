"""Stale entries and their reviews, as the tests need them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from awooop import tenancy
from awooop.clock import now
from knowledge.actions import writing
from knowledge.models import KnowledgeEntry
from tests import factories

INCIDENT = "INC-20260101-0001"


def entry(days: float = 0, *, project: str = "awoooi", **values: Any) -> KnowledgeEntry:
    """Write an entry that was updated so many days (and a minute) ago."""
    at = now() - timedelta(days=days, minutes=1 if days else 0)
    given = {
        "title": "Disk full",
        "content": "# Disk full\n\nGrow it.",
        "status": "approved",
        "owner": "kim",
        "created_at": at,
        "updated_at": at,
        **values,
    }
    with tenancy.scope([project]):
        (made,) = writing.insert(
            [KnowledgeEntry(project_id=project, **given)], editor="tests", reason=""
        )
    return made


def stale_and_fresh(stale: int, fresh: int, **values: Any) -> list[KnowledgeEntry]:
    """Write so many stale and fresh entries; answers the stale ones."""
    for number in range(fresh):
        entry(title=f"Fresh {number}")
    return [entry(20 + n, title=f"Stale {n}", **values) for n in range(stale)]


def tied(**values: Any) -> dict[str, Any]:
    """Answer values that tie an entry to an incident."""
    return {"related_incident_id": INCIDENT, **values}


def queued(api: factories.ApiClient, made: KnowledgeEntry, **body: Any) -> dict[str, Any]:
    """Queue an entry for its owner's review by the API; answers the receipt."""
    answer = api.post(f"/knowledge/entries/{made.pk}/stale-owner-review", body)
    assert answer.status_code == 200, answer.content
    return answer.json()


def complete(api: factories.ApiClient, made: KnowledgeEntry, **body: Any):
    """Ask to complete a review by the API."""
    return api.post(f"/knowledge/entries/{made.pk}/stale-owner-review/complete", body)


def previewed(api: factories.ApiClient, made: KnowledgeEntry, **body: Any) -> str:
    """Preview a completion; answers the plan's fingerprint."""
    answer = complete(api, made, dry_run=True, **body)
    assert answer.status_code == 200, answer.content
    return answer.json()["dry_run_plan_fingerprint"]


def confirmed(api: factories.ApiClient, made: KnowledgeEntry, **body: Any):
    """Preview a completion and confirm it."""
    fingerprint = previewed(api, made, **body)
    return complete(
        api,
        made,
        dry_run=False,
        owner_approved=True,
        dry_run_plan_fingerprint=fingerprint,
        **body,
    )


REFRESH = {
    "review_outcome": "refresh_with_evidence",
    "owner": "kim",
    "owner_note": "Verified on the standby",
    "updated_content": "# Disk full\n\nGrow it, then rotate the logs.",
}
ARCHIVE = {"review_outcome": "archive", "owner": "kim", "owner_note": "The host is gone"}
