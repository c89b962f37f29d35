"""Complete an owner's review in one of three ways: previewed, approved by the owner, written once.

The effect on the entry, its revision, the end of dispatch and event, the audit dispatch, the
recheck and the audit record are one transaction under row locks: entries, then dispatch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awooop import permissions
from awooop.actions import audit
from awooop.callers import Caller
from awooop.canonical import fingerprint as digest_of
from awooop.errors import Conflict, Invalid, NotFound
from awooop.two_phase import Plan, confirm
from governance.actions import dispatches, events
from governance.actions.dispatches import Order
from governance.models import ACTIVE, Dispatch, DispatchStatus
from knowledge.actions import fields, rechecks, writing
from knowledge.actions.queue_reviews import checked
from knowledge.models import EntryStatus, KnowledgeEntry
from knowledge.reviews import COMPLETION, REVIEW, STALE_EVENT
from knowledge.reviews.readiness import blockers_of
from knowledge.selectors.staleness import Snapshot, snapshot

NOTE_MOST = 500
_S = DispatchStatus


class Outcome(models.TextChoices):
    REFRESH = "refresh_with_evidence", gettext_lazy("refresh with evidence")
    ARCHIVE = "archive", gettext_lazy("archive")
    SUPERSEDE = "supersede", gettext_lazy("supersede")


@dataclass(frozen=True)
class Wish:
    """What the owner wants done; the same for the preview and the confirmation."""

    outcome: str
    owner: str
    note: str = ""
    title: str | None = None
    content: str | None = None
    superseded_by: UUID | None = None
    dispatch_id: UUID | None = None

    def as_inputs(self) -> dict[str, Any]:
        """Answer the inputs that the plan's fingerprint covers."""
        return {
            "review_outcome": self.outcome,
            "owner": self.owner,
            "owner_note": self.note,
            "updated_title": self.title,
            "updated_content": digest_of(self.content) if self.content is not None else None,
            "superseded_by_entry_id": self.superseded_by,
        }


@dataclass(frozen=True)
class Completed:
    """A completed review, or the preview of it: `dry_run`, `completed` or `already_completed`."""

    status: str
    entry: KnowledgeEntry
    dispatch: Dispatch
    wish: Wish
    dry_run: bool
    owner_approved: bool
    snapshot: Snapshot
    dry_run_plan_fingerprint: str
    audit_dispatch_id: UUID | None = None
    recheck_dispatch_id: UUID | None = None


@transaction.atomic
def complete(
    *,
    by: Caller,
    entry_id: UUID,
    wish: Wish,
    dry_run: bool,
    owner_approved: bool,
    fingerprint: str | None = None,
) -> Completed:
    """Refresh, archive or supersede a stale entry whose owner reviewed it, or preview that.

    Raises NotFound, NotAllowed, Invalid naming the field, and Conflict: `no_owner_review`,
    `review_blocked` with `blockers`, and those of `awooop.two_phase.confirm`.
    """
    entry, other = _lock_entries(by, entry_id, wish.superseded_by)
    permissions.check_can_write(by, "knowledge.review", entry.project_id)
    dispatch = _lock_review(entry, wish.dispatch_id)
    wish = _checked(wish, dispatch, entry)
    if dispatch.dispatch_status == _S.SUCCEEDED:
        return _already(dispatch, entry, wish, dry_run, owner_approved)
    _check_open(dispatch, entry, wish)
    _check_outcome(wish, entry, other)
    plan = _plan(entry, other, dispatch, wish)
    found = Completed(
        status="dry_run",
        entry=entry,
        dispatch=dispatch,
        wish=wish,
        dry_run=dry_run,
        owner_approved=owner_approved,
        snapshot=snapshot(entry.project_id),
        dry_run_plan_fingerprint=plan.fingerprint,
    )
    if dry_run:
        return found
    confirm(plan, given=fingerprint, owner_approved=owner_approved)
    return _write(found, by)


def _lock_entries(
    by: Caller, entry_id: UUID, other_id: UUID | None
) -> tuple[KnowledgeEntry, KnowledgeEntry | None]:
    """Lock the entry and the one that supersedes it, in one order."""
    wanted = [entry_id, *([other_id] if other_id else [])]
    rows = KnowledgeEntry.objects.select_for_update().filter(
        pk__in=wanted, project_id__in=by.projects
    )
    found = {row.pk: row for row in rows.order_by("pk")}
    if entry_id not in found:
        raise NotFound(_("No such entry, or none that you may see."))
    return found[entry_id], found.get(other_id) if other_id else None


def _lock_review(entry: KnowledgeEntry, dispatch_id: UUID | None) -> Dispatch:
    """Lock the review that is named, or the open one, or else the latest that was completed."""
    rows = (
        Dispatch.objects.select_for_update(of=("self",))
        .select_related("governance_event")
        .filter(project_id=entry.project_id, subject=str(entry.pk), executor_type=REVIEW)
    )
    if dispatch_id:
        found = rows.filter(pk=dispatch_id).first()
        if found is None:
            raise NotFound(_("The entry has no such owner review."))
        return found
    reviews = list(rows.order_by("-created_at", "-id")[:20])
    active = [row for row in reviews if row.dispatch_status in ACTIVE]
    done = [row for row in reviews if row.dispatch_status == _S.SUCCEEDED]
    if not (active or done):
        raise Conflict(
            _("The entry is not in an owner review: queue it first."), code="no_owner_review"
        )
    return (active or done)[0]


def _checked(wish: Wish, dispatch: Dispatch, entry: KnowledgeEntry) -> Wish:
    owner, note = checked(
        wish.owner or dispatch.owner or entry.owner, wish.note, note_most=NOTE_MOST
    )
    title = " ".join(wish.title.split()) if wish.title else None
    return replace(wish, owner=owner, note=note, title=title or None)


def _already(
    dispatch: Dispatch, entry: KnowledgeEntry, wish: Wish, dry_run: bool, owner_approved: bool
) -> Completed:
    """Answer what was done before; nothing is written twice."""
    context = dispatch.decision_context
    done = replace(wish, outcome=context.get("review_outcome", wish.outcome))
    return Completed(
        status="already_completed",
        entry=entry,
        dispatch=dispatch,
        wish=done,
        dry_run=dry_run,
        owner_approved=owner_approved,
        snapshot=snapshot(entry.project_id),
        dry_run_plan_fingerprint=context.get("completion_plan_fingerprint", ""),
        audit_dispatch_id=_uuid(context.get("audit_dispatch_id")),
        recheck_dispatch_id=_uuid(context.get("stale_ratio_recheck_dispatch_id")),
    )


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _check_open(dispatch: Dispatch, entry: KnowledgeEntry, wish: Wish) -> None:
    if dispatch.dispatch_status not in ACTIVE:
        raise Conflict(
            _("The owner review is %(dispatch_status)s: queue the entry again.")
            % {"dispatch_status": dispatch.get_dispatch_status_display()},
            code="no_owner_review",
            dispatch_status=dispatch.dispatch_status,
        )
    blockers = blockers_of(dispatch, entry, owner=wish.owner)
    if blockers:
        raise Conflict(
            "The review cannot be completed: " + ", ".join(blockers) + ".",
            code="review_blocked",
            blockers=blockers,
        )


def _check_outcome(wish: Wish, entry: KnowledgeEntry, other: KnowledgeEntry | None) -> None:
    errors: dict[str, str] = {}
    if wish.outcome == Outcome.REFRESH and not (wish.content or "").strip():
        errors["updated_content"] = _("write what it says now")
    if wish.outcome in (Outcome.REFRESH, Outcome.ARCHIVE) and not wish.note:
        errors["owner_note"] = (
            _("say on which evidence") if wish.outcome == Outcome.REFRESH else _("say why")
        )
    if wish.outcome == Outcome.SUPERSEDE:
        errors |= _other_problem(entry, other, wish.superseded_by)
    if errors:
        raise Invalid(errors)


def _other_problem(
    entry: KnowledgeEntry, other: KnowledgeEntry | None, other_id: UUID | None
) -> dict[str, str]:
    field = "superseded_by_entry_id"
    if other_id is None:
        return {field: _("name the entry that takes its place")}
    if other_id == entry.pk:
        return {field: _("an entry cannot take its own place")}
    if other is None or other.project_id != entry.project_id:
        return {field: _("there is no such entry in this project")}
    if other.status == EntryStatus.ARCHIVED:
        return {field: _("it is archived itself")}
    return {}


def _plan(
    entry: KnowledgeEntry, other: KnowledgeEntry | None, dispatch: Dispatch, wish: Wish
) -> Plan:
    rows = {
        f"entry:{entry.pk}": entry.version,
        f"dispatch:{dispatch.pk}": f"{dispatch.dispatch_status}/{dispatch.attempt_count}",
    }
    if other is not None:
        rows[f"entry:{other.pk}"] = other.version
    effects = {"status": entry.status if wish.outcome == Outcome.REFRESH else EntryStatus.ARCHIVED}
    return Plan("knowledge.stale_owner_review.complete", wish.as_inputs(), rows, effects)


def _write(found: Completed, by: Caller) -> Completed:
    _change_entry(found.entry, found.wish, by)
    dispatch, event = found.dispatch, found.dispatch.governance_event
    audit_dispatch = _audit_dispatch(found, by)
    recheck = rechecks.open_for(
        event, by=by, source=audit_dispatch, before=found.snapshot, owner=found.wish.owner
    )
    context = {
        "review_outcome": found.wish.outcome,
        "completion_plan_fingerprint": found.dry_run_plan_fingerprint,
        "audit_dispatch_id": str(audit_dispatch.pk),
        "stale_ratio_recheck_dispatch_id": str(recheck.pk),
    }
    if dispatch.dispatch_status != _S.EXECUTING:
        dispatches.move(dispatch, _S.EXECUTING, by=by)
    dispatches.move(dispatch, _S.SUCCEEDED, by=by, note=found.wish.note, context=context)
    events.resolve_of_type(
        by=by, project_id=event.project_id, event_type=STALE_EVENT, subject=event.subject
    )
    _record(found, by, audit_dispatch)
    return replace(
        found,
        status="completed",
        snapshot=snapshot(found.entry.project_id),
        audit_dispatch_id=audit_dispatch.pk,
        recheck_dispatch_id=recheck.pk,
    )


def _change_entry(entry: KnowledgeEntry, wish: Wish, by: Caller) -> None:
    status_was = entry.status
    if wish.outcome == Outcome.REFRESH:
        values = {"content": wish.content, **({"title": wish.title} if wish.title else {})}
        changed = fields.put(entry, values)
        # An owner who confirms the same text has reviewed it: that refreshes it, too.
        changed |= {"content"}
    else:
        changed = {"status"}
        entry.status = EntryStatus.ARCHIVED
        if wish.outcome == Outcome.SUPERSEDE:
            entry.superseded_by_id = wish.superseded_by
    reason = f"owner review: {wish.outcome}" + (f" — {wish.note}" if wish.note else "")
    writing.save(entry, changed, editor=by.label, reason=reason, status_was=status_was)


def _audit_dispatch(found: Completed, by: Caller) -> Dispatch:
    wish = found.wish
    context = {
        "version": "v1",
        "entry_id": str(found.entry.pk),
        "entry_version": found.entry.version,
        "review_outcome": wish.outcome,
        "superseded_by_entry_id": str(wish.superseded_by) if wish.superseded_by else None,
        "source_dispatch_id": str(found.dispatch.pk),
        "dry_run_plan_fingerprint": found.dry_run_plan_fingerprint,
        "stale_ratio_before": found.snapshot.as_dict(),
        "owner_approved": True,
    }
    order = Order(
        found.dispatch.governance_event,
        COMPLETION,
        wish.outcome,
        context,
        "knowledge_owner_review",
        wish.owner,
    )
    dispatch = dispatches.open_dispatch(by=by, order=order)
    dispatches.move(dispatch, _S.EXECUTING, by=by)
    return dispatches.move(dispatch, _S.SUCCEEDED, by=by, note=wish.note)


def _record(found: Completed, by: Caller, audit_dispatch: Dispatch) -> None:
    details = {
        "review_outcome": found.wish.outcome,
        "owner": found.wish.owner,
        "owner_note": found.wish.note,
        "version": found.entry.version,
        "dispatch_id": found.dispatch.pk,
        "audit_dispatch_id": audit_dispatch.pk,
        "plan": found.dry_run_plan_fingerprint,
    }
    entry = audit.Entry(
        "knowledge.review.complete", "knowledge_entry", str(found.entry.pk), details
    )
    audit.append(project_id=found.entry.project_id, by=by, entry=entry)
