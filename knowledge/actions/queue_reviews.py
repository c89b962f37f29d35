"""Ask owners to review stale entries: one, or a batch of the most urgent. Writes no knowledge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from awooop import permissions
from awooop.callers import Caller
from awooop.errors import Conflict, Invalid, NotFound
from awooop.languages import kept_in_english
from awooop.two_phase import Plan, confirm
from governance.actions import dispatches, events
from governance.actions.dispatches import Order
from governance.models import ACTIVE, Dispatch, DispatchStatus
from governance.self_checks import Finding
from knowledge.models import EntryType, KnowledgeEntry
from knowledge.priorities import Action, Tier
from knowledge.reviews import BATCH, BATCH_EVENT, REVIEW, STALE_EVENT
from knowledge.selectors import stale_candidates
from knowledge.selectors.staleness import Snapshot, snapshot

OWNER_MOST, NOTE_MOST = 128, 240
BATCH_MOST, BATCH_DEFAULT = 50, 10
DEFAULT_TIERS = (Tier.P0.value, Tier.P1.value)
CREATED_BY = "knowledge_owner_review"
Row = dict[str, Any]


@dataclass(frozen=True)
class Item:
    """One candidate: what would be, or was, done with it."""

    row: Row
    status: str
    reason: str = ""
    dispatch: Dispatch | None = None


@dataclass(frozen=True)
class Queued:
    """A queued entry, or the preview of it: `dry_run`, `queued` or `already_queued`."""

    item: Item
    status: str
    owner: str
    owner_note: str


@dataclass(frozen=True)
class BatchQueued:
    """A queued batch, or the preview of it: `dry_run`, `queued` or `noop_already_queued`."""

    status: str
    items: list[Item]
    tiers: tuple[str, ...]
    limit: int
    owner: str
    snapshot: Snapshot
    dry_run_plan_fingerprint: str
    batch: Dispatch | None = None

    def count(self, *statuses: str) -> int:
        """Answer how many items have one of these statuses."""
        return sum(1 for item in self.items if item.status in statuses)


@dataclass
class _Ask:
    """Who is to review, what the batch is, if there is one."""

    by: Caller
    project_id: str
    owner: str
    note: str
    batch: Dispatch | None = None
    context: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def queue_one(
    *, by: Caller, entry_id: UUID, owner: str = "", owner_note: str = "", dry_run: bool = False
) -> Queued:
    """Queue one stale entry for its owner; raises NotFound, NotAllowed, Invalid, or Conflict
    `not_stale`."""
    entry = KnowledgeEntry.objects.select_for_update().filter(
        pk=entry_id, project_id__in=by.projects
    )
    found = entry.first()
    if found is None:
        raise NotFound(_("No such entry, or none that you may see."))
    permissions.check_can_write(by, "knowledge.review", found.project_id)
    owner, note = checked(owner or found.owner, owner_note)
    row = stale_candidates.of_entries(found.project_id, [entry_id]).get(entry_id)
    open_review = _open_reviews(found.project_id, [entry_id]).get(entry_id)
    if row is None and open_review is None:
        raise Conflict(_("The entry is not stale: there is nothing to review."), code="not_stale")
    row = row or {"entry_id": entry_id, "recommended_action": None}
    if open_review is not None:
        return Queued(Item(row, "already_queued", "", open_review), "already_queued", owner, note)
    if dry_run:
        return Queued(Item(row, "would_queue"), "dry_run", owner, note)
    (item,) = _queue(_Ask(by, found.project_id, owner, note), [row])
    return Queued(item, "queued", owner, note)


@transaction.atomic
def queue_batch(
    *,
    by: Caller,
    project_id: str,
    tiers: Sequence[str] = DEFAULT_TIERS,
    limit: int = BATCH_DEFAULT,
    owner: str = "",
    owner_note: str = "",
    dry_run: bool = True,
    fingerprint: str | None = None,
) -> BatchQueued:
    """Queue the most urgent stale entries of these tiers, after a preview.

    Raises NotFound, NotAllowed, Invalid, and Conflict as `awooop.two_phase.confirm` does.
    """
    permissions.check_can_write(by, "knowledge.review", project_id)
    owner, note = checked(owner, owner_note)
    if not owner:
        raise Invalid({"owner": _("say who reviews them")})
    tiers = tuple(sorted(set(tiers)))
    items = _first(_sorted_out(project_id, _lock(project_id, tiers)), limit)
    plan = _plan(project_id, tiers, limit, owner, note, items)
    queued = BatchQueued(
        status="dry_run",
        items=items,
        tiers=tiers,
        limit=limit,
        owner=owner,
        snapshot=snapshot(project_id),
        dry_run_plan_fingerprint=plan.fingerprint,
    )
    if dry_run:
        return queued
    if not queued.count("would_queue"):
        return _replaced(queued, status="noop_already_queued")
    confirm(plan, given=fingerprint)
    ask = _Ask(by, project_id, owner, note)
    ask.batch = _open_batch(ask, queued)
    done = {item.row["entry_id"]: item for item in _queue(ask, _to_queue(items))}
    items = [done.get(item.row["entry_id"], item) for item in items]
    return _replaced(queued, status="queued", items=items, batch=ask.batch)


def close_given_up(*, dispatches: Sequence[Dispatch], by: Caller, **_rest: Any) -> None:
    """Resolve the event of each review that was skipped or cancelled: nobody works on it."""
    ended = (DispatchStatus.SKIPPED, DispatchStatus.CANCELLED)
    for dispatch in dispatches:
        if dispatch.executor_type == REVIEW and dispatch.dispatch_status in ended:
            events.resolve_of_type(
                by=by,
                project_id=dispatch.project_id,
                event_type=STALE_EVENT,
                subject=dispatch.subject,
            )


def checked(owner: str, note: str, *, note_most: int = NOTE_MOST) -> tuple[str, str]:
    """Answer owner and note as they are kept; raises Invalid naming each that is too long."""
    owner, note = " ".join(owner.split()), note.strip()
    errors = {}
    if len(owner) > OWNER_MOST:
        errors["owner"] = _("must have at most %(n)d characters") % {"n": OWNER_MOST}
    if len(note) > note_most:
        errors["owner_note"] = _("must have at most %(n)d characters") % {"n": note_most}
    if errors:
        raise Invalid(errors)
    return owner, note


def _replaced(queued: BatchQueued, **values: Any) -> BatchQueued:
    return BatchQueued(**{**queued.__dict__, **values})


def _lock(project_id: str, tiers: Sequence[str]) -> list[Row]:
    """Answer the candidates under row locks, as they are once they are locked."""
    most = stale_candidates.MOST
    found = stale_candidates.candidates([project_id], tiers=tiers, limit=most)["items"]
    ids = [row["entry_id"] for row in found]
    list(KnowledgeEntry.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    return stale_candidates.candidates([project_id], tiers=tiers, limit=most)["items"]


def _first(items: Sequence[Item], limit: int) -> list[Item]:
    """Answer the most urgent items up to the `limit` of those to be queued: what is in review
    already takes nobody's place."""
    found: list[Item] = []
    for item in items:
        if sum(1 for each in found if each.status == "would_queue") == limit:
            break
        found.append(item)
    return found


def _sorted_out(project_id: str, rows: Sequence[Row]) -> list[Item]:
    reviews = _open_reviews(project_id, [row["entry_id"] for row in rows])
    items = []
    for row in rows:
        review = reviews.get(row["entry_id"])
        if review is not None:
            items.append(Item(row, "already_queued", "", review))
        elif row["entry_type"] == EntryType.REVIEW_DRAFT:
            items.append(Item(row, "skipped", "review_drafts_are_deduplicated"))
        else:
            items.append(Item(row, "would_queue"))
    return items


def _open_reviews(project_id: str, entry_ids: Sequence[UUID]) -> dict[UUID, Dispatch]:
    rows = Dispatch.objects.filter(
        project_id=project_id,
        subject__in=[str(each) for each in entry_ids],
        executor_type=REVIEW,
        dispatch_status__in=ACTIVE,
    )
    return {UUID(row.subject): row for row in rows}


def _to_queue(items: Sequence[Item]) -> list[Row]:
    return [item.row for item in items if item.status == "would_queue"]


def _plan(
    project_id: str, tiers: Sequence[str], limit: int, owner: str, note: str, items: Sequence[Item]
) -> Plan:
    return Plan(
        kind="knowledge.stale_owner_reviews.batch",
        inputs={
            "project_id": project_id,
            "priority_tiers": list(tiers),
            "limit": limit,
            "owner": owner,
            "owner_note": note,
        },
        rows={f"entry:{item.row['entry_id']}": item.row["version"] for item in items},
        effects={str(item.row["entry_id"]): item.status for item in items},
    )


@kept_in_english
def _open_batch(ask: _Ask, queued: BatchQueued) -> Dispatch:
    """Open the batch's own event and dispatch: they hold it together, and are done at once."""
    fingerprint = queued.dry_run_plan_fingerprint
    details = {
        "status": "queued",
        "impact": _("%(count)d stale entries queued for %(owner)s")
        % {"count": queued.count("would_queue"), "owner": ask.owner},
        "entries": [str(row["entry_id"]) for row in _to_queue(queued.items)],
    }
    finding = Finding(BATCH_EVENT, details, subject=fingerprint, quiet=True)
    event = events.report(by=ask.by, found={ask.project_id: [finding]}).opened[0]
    context = {
        "version": "v1",
        "priority_tiers": list(queued.tiers),
        "requested_limit": queued.limit,
        "dry_run_plan_fingerprint": fingerprint,
        "stale_ratio_snapshot": queued.snapshot.as_dict(),
    }
    order = Order(event, BATCH, "queue_owner_reviews", context, CREATED_BY, ask.owner)
    dispatch = dispatches.open_dispatch(by=ask.by, order=order)
    dispatches.move(dispatch, DispatchStatus.EXECUTING, by=ask.by)
    dispatches.move(dispatch, DispatchStatus.SUCCEEDED, by=ask.by, note=ask.note)
    events.resolve_of_type(
        by=ask.by, project_id=ask.project_id, event_type=BATCH_EVENT, subject=fingerprint
    )
    ask.context = {
        "batch_governance_event_id": str(event.pk),
        "batch_dispatch_id": str(dispatch.pk),
        "dry_run_plan_fingerprint": fingerprint,
    }
    return dispatch


def _queue(ask: _Ask, rows: Sequence[Row]) -> list[Item]:
    """Open an event and a dispatch for each entry, in a fixed number of statements."""
    findings = [_finding(row, ask) for row in rows]
    reported = events.report(by=ask.by, found={ask.project_id: findings})
    by_subject = {event.subject: event for event in (*reported.opened, *reported.repeated)}
    orders = [
        Order(
            event=by_subject[str(row["entry_id"])],
            executor_type=REVIEW,
            proposed_action=row["recommended_action"],
            context=_context(row, ask),
            created_by=CREATED_BY,
            owner=ask.owner or row["owner"],
            values={"operator_note": ask.note},
        )
        for row in rows
    ]
    opened = {
        dispatch.subject: dispatch for dispatch in dispatches.open_many(by=ask.by, orders=orders)
    }
    return [Item(row, "queued", "", opened[str(row["entry_id"])]) for row in rows]


@kept_in_english
def _finding(row: Row, ask: _Ask) -> Finding:
    details = {
        "status": "stale",
        "impact": _("Stale for %(days)d days: %(title)s")
        % {"days": row["stale_days"], "title": row["title"]},
        "remediation": {
            "items": [row["title"]],
            "next_action": "owner_review_stale_km_candidate",
            "hint": _("Review it: %(action)s")
            % {"action": Action(row["recommended_action"]).label},
        },
        "actionable": {"items": [{"entry_id": str(row["entry_id"])}]},
        "ownership": {"human_owner": ask.owner or row["owner"], "why": "asked for by a person"},
    }
    return Finding(STALE_EVENT, details, subject=str(row["entry_id"]), quiet=True)


def _context(row: Row, ask: _Ask) -> dict[str, Any]:
    """Answer what the review was queued on: the entry's version then, and how urgent it was."""
    return {
        "version": "v1",
        "entry_id": str(row["entry_id"]),
        "entry_version": row["version"],
        "priority_tier": row["priority_tier"],
        "priority_score": row["priority_score"],
        "recommended_action": row["recommended_action"],
        "reasons": row["reasons"],
        "decision_path": "pending_owner_review",
        **ask.context,
    }
