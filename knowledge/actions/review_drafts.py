"""Review drafts: Hermes writes one per event, and an owner archives what is one too many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from awooop import permissions, tenancy
from awooop.actions import audit
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Invalid, NotFound
from awooop.two_phase import Plan, confirm
from governance import workflow
from governance.actions import dispatches
from governance.actions.dispatches import Order
from governance.models import ACTIVE, Dispatch, DispatchStatus, GovernanceEvent
from knowledge.actions import rechecks, writing
from knowledge.actions.queue_reviews import CREATED_BY, checked
from knowledge.models import EntryStatus, EntryType, KnowledgeEntry
from knowledge.reviews import DEDUPE, RECHECK, draft_text
from knowledge.selectors import stale_candidates
from knowledge.selectors.staleness import Snapshot, snapshot

SOURCE = "hermes"
DRAFTED = 50
_S = DispatchStatus
log = structlog.get_logger(__name__)


def draft_waiting(*, by: Caller) -> dict[str, int]:
    """Take each waiting health check and write its draft, one transaction each; answers
    `{drafted, failed}`. One that cannot be written is failed with the reason."""
    done = {"drafted": 0, "failed": 0}
    while True:
        with tenancy.scope(by.projects):
            dispatch = dispatches.lock_waiting(workflow.HERMES, by=by)
            if dispatch is None:
                return done
            done[_draft_or_fail(dispatch, by)] += 1


def _draft_or_fail(dispatch: Dispatch, by: Caller) -> str:
    before = dispatch.dispatch_status
    try:
        with transaction.atomic():
            draft(dispatch, by=by)
    except Exception as error:
        log.exception("hermes_failed", dispatch_id=str(dispatch.pk))
        dispatch.refresh_from_db()
        if dispatch.dispatch_status == before:
            dispatches.move(dispatch, _S.EXECUTING, by=by)
        dispatches.move(dispatch, _S.FAILED, by=by, note=f"{type(error).__name__}: {error}"[:500])
        return "failed"
    return "drafted"


@transaction.atomic
def draft(dispatch: Dispatch, *, by: Caller) -> KnowledgeEntry:
    """Write the review draft of a locked health check, or find the one of its event, and wait for
    the owner. No approved entry is changed."""
    project_id = dispatch.project_id
    found = snapshot(project_id)
    rows = stale_candidates.candidates([project_id], limit=DRAFTED)["items"]
    rows = [row for row in rows if row["entry_type"] != EntryType.REVIEW_DRAFT]
    entry = _written(dispatch, rows, found, by)
    dispatches.move(
        dispatch,
        _S.EXECUTING,
        by=by,
        context={
            "kb_draft_entry_id": str(entry.pk),
            "worker_status": "draft_ready",
            "stale_ratio_snapshot": found.as_dict(),
            "workflow": {
                **dispatch.decision_context.get("workflow", {}),
                "current_stage": "waiting_owner_review",
            },
        },
        workflow_stage="waiting_owner_review",
        next_action="owner_reviews_draft",
    )
    return entry


def _written(
    dispatch: Dispatch, rows: Sequence[dict[str, Any]], found: Snapshot, by: Caller
) -> KnowledgeEntry:
    event_id, project_id = dispatch.governance_event_id, dispatch.project_id
    at = now()
    entry = KnowledgeEntry(
        project_id=project_id,
        title=_("Review draft: %(count)d stale entries") % {"count": found.stale_count},
        content=draft_text.write(rows, found, draft_text.approvals_of(rows)),
        entry_type=EntryType.REVIEW_DRAFT,
        status=EntryStatus.REVIEW,
        category="reviews",
        source=SOURCE,
        source_path=str(event_id),
        owner=dispatch.owner,
        governance_event_id=event_id,
        created_at=at,
        updated_at=at,
    )
    if writing.insert([entry], editor=by.label, reason="knowledge degradation"):
        details = {"governance_event_id": event_id, "stale": found.stale_count}
        _record(by, entry, "knowledge.review_draft.create", details)
        return entry
    return KnowledgeEntry.objects.get(
        project_id=project_id, source=SOURCE, source_path=str(event_id)
    )


@dataclass(frozen=True)
class Archived:
    """What was archived, or would be: `dry_run`, `archived` or `noop_already_archived`."""

    status: str
    event: GovernanceEvent
    canonical: KnowledgeEntry
    requested: list[UUID]
    to_archive: list[UUID]
    skipped: list[UUID]
    owner: str
    owner_approved: bool
    dry_run: bool
    snapshot: Snapshot
    dry_run_plan_fingerprint: str
    recheck_status: str = "not_requested"
    audit_dispatch_id: UUID | None = None
    recheck_dispatch_id: UUID | None = None


@transaction.atomic
def archive_duplicates(
    *,
    by: Caller,
    event_id: UUID,
    canonical_id: UUID,
    duplicate_ids: Sequence[UUID],
    owner: str,
    owner_approved: bool,
    dry_run: bool,
    fingerprint: str | None = None,
) -> Archived:
    """Archive the drafts of an event that say what its canonical one says, or preview that.

    Raises NotFound, NotAllowed, Invalid naming the field, and Conflict as
    `awooop.two_phase.confirm` does.
    """
    event = GovernanceEvent.objects.filter(pk=event_id, project_id__in=by.projects).first()
    if event is None:
        raise NotFound(_("No such governance event, or none that you may see."))
    permissions.check_can_write(by, "knowledge.review", event.project_id)
    owner, _note = checked(owner, "")
    if not owner:
        raise Invalid({"owner": _("say whose decision it is")})
    requested = list(dict.fromkeys(duplicate_ids))
    drafts = _lock_drafts(event, [canonical_id, *requested])
    _check_group(drafts, canonical_id, requested)
    skipped = [each for each in requested if drafts[each].status == EntryStatus.ARCHIVED]
    found = _preview(event, drafts, canonical_id, requested, skipped, owner, owner_approved)
    found = replace(found, dry_run=dry_run)
    if dry_run:
        return replace(found, recheck_status="dry_run")
    if not found.to_archive:
        return replace(found, status="noop_already_archived")
    confirm(_archive_plan(found, drafts), given=fingerprint, owner_approved=owner_approved)
    return _archive(found, drafts, by)


def _lock_drafts(event: GovernanceEvent, ids: Sequence[UUID]) -> dict[UUID, KnowledgeEntry]:
    rows = KnowledgeEntry.objects.select_for_update().filter(
        project_id=event.project_id,
        entry_type=EntryType.REVIEW_DRAFT,
        governance_event_id=event.pk,
        pk__in=ids,
    )
    return {row.pk: row for row in rows.order_by("pk")}


def _check_group(
    drafts: dict[UUID, KnowledgeEntry], canonical_id: UUID, requested: Sequence[UUID]
) -> None:
    errors: dict[str, str] = {}
    if canonical_id not in drafts:
        errors["canonical_entry_id"] = _("there is no such review draft of this event")
    elif drafts[canonical_id].status == EntryStatus.ARCHIVED:
        errors["canonical_entry_id"] = _("it is archived itself")
    for index, each in enumerate(requested):
        if each == canonical_id:
            errors[f"duplicate_entry_ids.{index}"] = _("is the one that stays")
        elif each not in drafts:
            errors[f"duplicate_entry_ids.{index}"] = _("is no review draft of this event")
    if errors:
        raise Invalid(errors)


def _preview(
    event: GovernanceEvent,
    drafts: dict[UUID, KnowledgeEntry],
    canonical_id: UUID,
    requested: list[UUID],
    skipped: list[UUID],
    owner: str,
    owner_approved: bool,
) -> Archived:
    found = Archived(
        status="dry_run",
        event=event,
        canonical=drafts[canonical_id],
        requested=requested,
        to_archive=[each for each in requested if each not in skipped],
        skipped=skipped,
        owner=owner,
        owner_approved=owner_approved,
        dry_run=True,
        snapshot=snapshot(event.project_id),
        dry_run_plan_fingerprint="",
    )
    return replace(found, dry_run_plan_fingerprint=_archive_plan(found, drafts).fingerprint)


def _archive_plan(found: Archived, drafts: dict[UUID, KnowledgeEntry]) -> Plan:
    return Plan(
        kind="knowledge.review_drafts.archive",
        inputs={
            "governance_event_id": found.event.pk,
            "canonical_entry_id": found.canonical.pk,
            "duplicate_entry_ids": found.requested,
            "owner": found.owner,
        },
        rows={f"entry:{key}": drafts[key].version for key in sorted(drafts)},
        effects={"archive": found.to_archive},
    )


def _archive(found: Archived, drafts: dict[UUID, KnowledgeEntry], by: Caller) -> Archived:
    for key in found.to_archive:
        entry, status_was = drafts[key], drafts[key].status
        entry.status = EntryStatus.ARCHIVED
        entry.superseded_by_id = found.canonical.pk
        reason = "duplicate of the canonical review draft"
        writing.save(entry, {"status"}, editor=by.label, reason=reason, status_was=status_was)
    audit_dispatch = _dedupe_dispatch(found, by)
    status, recheck = _recheck(found, audit_dispatch, by)
    details = {
        "canonical_entry_id": found.canonical.pk,
        "archived_entry_ids": found.to_archive,
        "owner": found.owner,
        "plan": found.dry_run_plan_fingerprint,
    }
    _record(by, found.canonical, "knowledge.review_drafts.archive", details)
    return replace(
        found,
        status="archived",
        snapshot=snapshot(found.event.project_id),
        audit_dispatch_id=audit_dispatch.pk,
        recheck_status=status,
        recheck_dispatch_id=recheck.pk if recheck else None,
    )


def _dedupe_dispatch(found: Archived, by: Caller) -> Dispatch:
    context = {
        "version": "v1",
        "canonical_entry_id": str(found.canonical.pk),
        "archived_entry_ids": [str(each) for each in found.to_archive],
        "archived_count": len(found.to_archive),
        "dry_run_plan_fingerprint": found.dry_run_plan_fingerprint,
        "stale_ratio_snapshot": found.snapshot.as_dict(),
        "owner_approved": True,
    }
    order = Order(found.event, DEDUPE, "archive_duplicate_drafts", context, CREATED_BY, found.owner)
    dispatch = dispatches.open_dispatch(by=by, order=order)
    dispatches.move(dispatch, _S.EXECUTING, by=by)
    return dispatches.move(dispatch, _S.SUCCEEDED, by=by)


def _recheck(found: Archived, source: Dispatch, by: Caller) -> tuple[str, Dispatch | None]:
    """Measure again at once, unless a recheck of this event is under way already."""
    active = Dispatch.objects.filter(
        governance_event=found.event, executor_type=RECHECK, dispatch_status__in=ACTIVE
    ).first()
    if active is not None:
        return "already_active", active
    recheck = rechecks.open_for(
        found.event, by=by, source=source, before=found.snapshot, owner=found.owner
    )
    return "completed", rechecks.run(recheck, by=by)


def _record(by: Caller, entry: KnowledgeEntry, action: str, details: dict[str, Any]) -> None:
    record = audit.Entry(action, "knowledge_entry", str(entry.pk), details)
    audit.append(project_id=entry.project_id, by=by, entry=record)
