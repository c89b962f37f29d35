"""Owner reviews of the invented month: completed ones, a batch that waits, drafts twice over.

All of it goes through the actions that people use; what a recheck measured then is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from awooop import callers, clock
from awooop.callers import Caller
from awooop.models import AuditRecord
from governance.actions import dispatches
from governance.models import Dispatch, DispatchStatus, GovernanceEvent
from knowledge.actions import complete_review, entries, queue_reviews, rechecks, writing
from knowledge.actions.complete_review import Outcome, Wish
from knowledge.models import EntryStatus, EntryType, KnowledgeEntry
from knowledge.reviews import RECHECK, draft_text
from knowledge.selectors import stale_candidates
from knowledge.selectors.staleness import snapshot

OWNER, DEPUTY = "yuting.wang@awoooi.example", "mei.lin@awoooi.example"
_TOLD_TOTAL = 81
_BATCH, _QUEUED = 9, timedelta(hours=5)
_REVISED = "\n## Checked again\n\nThe steps were followed on the standby; they hold as written.\n"
_NOTES = {
    Outcome.REFRESH: "Followed step by step on the standby, all commands still work.",
    Outcome.ARCHIVE: "The service that it is about was switched off last quarter.",
    Outcome.SUPERSEDE: "The newer runbook says the same, and what changed since.",
}


class _Done(NamedTuple):
    """A review completed so many days ago; how many were stale after it (None: measure it)."""

    days_ago: float
    outcome: Outcome
    stale_after: int | None


_PAST = (
    _Done(26.4, Outcome.REFRESH, 24),
    _Done(25.7, Outcome.ARCHIVE, 23),
    _Done(24.6, Outcome.REFRESH, 22),
    _Done(23.3, Outcome.SUPERSEDE, 21),
    _Done(22.5, Outcome.REFRESH, 19),
    _Done(21.2, Outcome.REFRESH, 17),
    _Done(20.4, Outcome.ARCHIVE, 14),
    _Done(19.8, Outcome.REFRESH, 10),
    _Done(6.9, Outcome.REFRESH, 17),
    _Done(6.5, Outcome.REFRESH, 15),
    _Done(6.0, Outcome.REFRESH, 12),
    _Done(0.7, Outcome.REFRESH, None),
    _Done(0.6, Outcome.REFRESH, None),
    _Done(0.4, Outcome.ARCHIVE, None),
)


def write(project_id: str, now: datetime) -> dict[str, int]:
    """Write them; answers how many rows of what."""
    by = callers.system("demo.reviews", [project_id])
    completed = sum(_complete(done, by, project_id, now) for done in _PAST)
    return {
        "owner_reviews_completed": completed,
        "owner_reviews_waiting": _batch(by, project_id, now),
        "review_drafts": _drafts(project_id, now),
        **_counts(by, project_id),
    }


def _counts(by: Caller, project_id: str) -> dict[str, int]:
    """Answer how many rows the actions wrote beside the entries."""
    rows = {"project_id": project_id}
    made = Dispatch.objects.filter(created_by=queue_reviews.CREATED_BY, **rows)
    return {
        "audit_records": AuditRecord.objects.filter(actor=by.label, **rows).count(),
        "dispatches": made.count(),
        "governance_events": made.values("governance_event_id").distinct().count(),
    }


def _complete(done: _Done, by: Caller, project_id: str, now: datetime) -> int:
    at = now - timedelta(days=done.days_ago)
    owner = OWNER if done.days_ago > 10 else DEPUTY
    with clock.set_to(at - timedelta(hours=3)):
        entry = _least_urgent(project_id)
        if entry is None:
            return 0
        queue_reviews.queue_one(by=by, entry_id=entry.pk, owner=owner)
    with clock.set_to(at):
        written = _confirm(by, entry.pk, _wish(done.outcome, entry, owner))
    with clock.set_to(at + timedelta(minutes=4)):
        recheck = Dispatch.objects.get(pk=written.recheck_dispatch_id, executor_type=RECHECK)
        _measure(recheck, done, by)
    return 1


def _least_urgent(project_id: str) -> KnowledgeEntry | None:
    """Answer a stale entry that nobody asks for now: the urgent ones are left for the reader."""
    rows = stale_candidates.candidates([project_id], limit=stale_candidates.MOST)["items"]
    free = [row for row in rows if row["owner_review_status"] is None]
    return KnowledgeEntry.objects.get(pk=free[-1]["entry_id"]) if free else None


def _wish(outcome: Outcome, entry: KnowledgeEntry, owner: str) -> Wish:
    other = None
    if outcome == Outcome.SUPERSEDE:
        rows = KnowledgeEntry.objects.filter(project_id=entry.project_id).exclude(pk=entry.pk)
        rows = rows.filter(entry_type=EntryType.RUNBOOK, status=EntryStatus.APPROVED)
        other = rows.order_by("-updated_at", "pk").values_list("pk", flat=True).first()
    content = entry.content + _REVISED if outcome == Outcome.REFRESH else None
    note = _NOTES[outcome]
    return Wish(outcome.value, owner, note=note, content=content, superseded_by=other)


def _confirm(by: Caller, entry_id: Any, wish: Wish) -> complete_review.Completed:
    asked: dict[str, Any] = {"by": by, "entry_id": entry_id, "wish": wish, "owner_approved": True}
    plan = complete_review.complete(dry_run=True, **asked).dry_run_plan_fingerprint
    return complete_review.complete(dry_run=False, fingerprint=plan, **asked)


def _measure(recheck: Dispatch, done: _Done, by: Caller) -> None:
    if done.stale_after is None:
        rechecks.run(recheck, by=by)
        return
    now = snapshot(recheck.project_id)
    ratio = round(done.stale_after / _TOLD_TOTAL, 3)
    found = {
        **now.as_dict(),
        "stale_count": done.stale_after,
        "total_count": _TOLD_TOTAL,
        "stale_ratio": ratio,
    }
    context = {
        "stale_ratio_snapshot": found,
        "stale_count_delta": -1,
        "stale_ratio_delta": round(-1 / _TOLD_TOTAL, 3),
        "above_threshold": ratio > now.threshold,
    }
    dispatches.move(recheck, DispatchStatus.EXECUTING, by=by)
    dispatches.move(recheck, DispatchStatus.SUCCEEDED, by=by, context=context)


def _batch(by: Caller, project_id: str, now: datetime) -> int:
    """Queue the most urgent; something has come in the way of two of them since."""
    asked: dict[str, Any] = {"by": by, "project_id": project_id, "limit": _BATCH, "owner": OWNER}
    with clock.set_to(now - _QUEUED):
        plan = queue_reviews.queue_batch(dry_run=True, **asked).dry_run_plan_fingerprint
        queued = queue_reviews.queue_batch(dry_run=False, fingerprint=plan, **asked)
    ids = [item.row["entry_id"] for item in queued.items if item.status == "queued"]
    if len(ids) > 4:
        with clock.set_to(now - _QUEUED / 2):
            _come_between(by, project_id, ids[-2:])
    return len(ids)


def _come_between(by: Caller, project_id: str, ids: Sequence[Any]) -> None:
    refreshed, archived = (KnowledgeEntry.objects.get(pk=each) for each in ids)
    where = {"by": by, "project_id": project_id}
    entries.update(
        entry_id=refreshed.pk,
        version=refreshed.version,
        content=refreshed.content + _REVISED,
        reason="after the night's incident",
        **where,
    )
    entries.archive(
        entry_id=archived.pk, version=archived.version, reason="merged elsewhere", **where
    )


def _drafts(project_id: str, now: datetime) -> int:
    """Write three review drafts of the latest event that is over: two are one too many."""
    rows = GovernanceEvent.objects.filter(
        project_id=project_id, event_type=rechecks.DEGRADATION, resolved=True
    )
    event = rows.order_by("-triggered_at").first()
    if event is None:
        return 0
    made = writing.insert(list(_texts(event, now)), editor="hermes", reason="knowledge degradation")
    return len(made)


def _texts(event: GovernanceEvent, now: datetime) -> Iterator[KnowledgeEntry]:
    for number in range(3):
        at = now - timedelta(days=6.9, minutes=-40 * number)
        with clock.set_to(at):
            found = snapshot(event.project_id)
            rows = stale_candidates.candidates([event.project_id], limit=6 + number)["items"]
            content = draft_text.write(rows, found, draft_text.approvals_of(rows))
        yield KnowledgeEntry(
            project_id=event.project_id,
            title=f"Review draft: {found.stale_count} stale entries",
            content=content,
            entry_type=EntryType.REVIEW_DRAFT,
            status=EntryStatus.REVIEW,
            category="reviews",
            source="hermes",
            source_path=f"{event.pk}/{number}" if number else str(event.pk),
            owner=OWNER,
            governance_event_id=event.pk,
            created_at=at,
            updated_at=at,
        )
