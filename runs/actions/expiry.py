"""The expiry sweep: nobody decided in time, and the loop closes all the same."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import QuerySet

from awooop import callers, counters, tenancy
from awooop.actions import audit
from awooop.clock import now
from runs import signals
from runs.actions import approval_locks, incidents
from runs.actions.transitions import transition_all
from runs.models import (
    Approval,
    ApprovalStatus,
    Disposition,
    Incident,
    IncidentStatus,
    ResolutionType,
    RunState,
)

BATCH = 200
log = structlog.get_logger(__name__)
_SWEEP = callers.system("approval expiry sweep")


@dataclass
class Swept:
    """What a sweep did: approvals expired, incidents resolved, approvals that others hold to the
    end, failures."""

    expired: int = 0
    resolved: int = 0
    skipped: int = 0
    errors: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def sweep(*, batch: int = BATCH) -> Swept:
    """Expire all overdue approvals, oldest first, in batches, until none is left.

    Safe to run at once with others and to be killed in the middle: each batch is one transaction
    under row locks. A failure on one approval is logged, counted and passed over.
    """
    swept = Swept()
    with tenancy.all_projects() as projects:
        pass
    for project_id in projects:
        _sweep_project(project_id, batch, swept)
    _count(swept)
    return swept


def _sweep_project(project_id: str, batch: int, swept: Swept) -> None:
    """Go through the overdue approvals, and once more through what others held by then.

    Most of that they have dealt with; what they let go of is expired, what they hold still is left
    to the next sweep.
    """
    at = now()
    held, failed = _pass(project_id, at, batch, swept, set())
    if held:
        held, _ = _pass(project_id, at, batch, swept, failed)
    swept.skipped += len(held)


def _pass(
    project_id: str, at: datetime, batch: int, swept: Swept, left_out: set[UUID]
) -> tuple[set[UUID], set[UUID]]:
    """Expire in batches until each was looked at; answers what others held, and what failed."""
    held: set[UUID] = set()
    failed: set[UUID] = set()
    while True:
        with transaction.atomic(), tenancy.scope([project_id]):
            waiting = _overdue(project_id, at)
            candidates = set(_soonest(waiting, left_out | held | failed, batch))
            if not candidates:
                return held, failed
            locked = approval_locks.take(waiting.filter(pk__in=candidates))
            newly_failed = _expire_isolated(locked, at, swept)
        held |= candidates - {approval.pk for approval in locked}
        failed |= newly_failed


def _overdue(project_id: str, at: datetime) -> QuerySet[Approval]:
    return Approval.objects.filter(
        project_id=project_id, status=ApprovalStatus.PENDING, expires_at__lte=at
    )


def _soonest(waiting: QuerySet[Approval], left_out: set[UUID], batch: int) -> list[UUID]:
    ordered = waiting.exclude(pk__in=left_out).order_by("expires_at", "pk")
    return list(ordered.values_list("pk", flat=True)[:batch])


def _expire_isolated(locked: list[Approval], at: datetime, swept: Swept) -> set[UUID]:
    """Expire a batch at once; where that fails, one by one, so that one bad row spoils only
    itself."""
    if not locked:
        return set()
    try:
        with transaction.atomic():
            resolved = _expire(locked, at)
    except Exception as error:
        if len(locked) == 1:
            log.exception("expiry_failed", approval_id=str(locked[0].pk))
            swept.errors += 1
            return {locked[0].pk}
        log.warning("expiry_batch_failed", size=len(locked), error=str(error)[:300])
        return {pk for approval in locked for pk in _expire_isolated([_fresh(approval)], at, swept)}
    swept.expired += len(locked)
    swept.resolved += resolved
    return set()


def _fresh(approval: Approval) -> Approval:
    return Approval.objects.select_related("run").get(pk=approval.pk)


def _expire(approvals: list[Approval], at: datetime) -> int:
    """Expire locked approvals; answers how many incidents that resolved."""
    project_id = approvals[0].project_id
    Approval.objects.filter(pk__in=[approval.pk for approval in approvals]).update(
        status=ApprovalStatus.EXPIRED, resolved_at=at, disposition=Disposition.TIMEOUT_IGNORED
    )
    for approval in approvals:
        approval.status, approval.resolved_at = ApprovalStatus.EXPIRED, at
        approval.disposition = Disposition.TIMEOUT_IGNORED
    runs = [approval.run for approval in approvals if approval.run is not None]
    waiting = [run for run in runs if run.state == RunState.WAITING_APPROVAL]
    transition_all(waiting, RunState.TIMED_OUT, by=_SWEEP, error_code="E-APPR-EXPIRED")
    for approval in approvals:
        signals.approval_decided.send(sender=Approval, approval=approval, by=_SWEEP)
    signals.approvals_ended.send(sender=Approval, approvals=approvals, by=_SWEEP)
    resolved = _resolve_incidents(project_id, approvals, at)
    audit.append_many(project_id=project_id, by=_SWEEP, entries=[_entry(a) for a in approvals])
    return resolved


def _resolve_incidents(project_id: str, approvals: list[Approval], at: datetime) -> int:
    ids = {approval.incident_id for approval in approvals if approval.incident_id}
    waiting = (
        Incident.objects.select_for_update()
        .filter(project_id=project_id, incident_id__in=ids)
        .exclude(status=IncidentStatus.RESOLVED)
        .order_by("incident_id")
    )
    found = list(waiting)
    if found:
        incidents.resolve_locked(found, resolution_type=ResolutionType.TIMEOUT, by=_SWEEP, at=at)
    return len(found)


def _entry(approval: Approval) -> audit.Entry:
    details = {"tool_name": approval.tool_name, "expires_at": approval.expires_at}
    return audit.Entry(
        "run.approval.expire", "approval", str(approval.pk), details, run_id=approval.run_id
    )


def _count(swept: Swept) -> None:
    rows = [(name, value) for name, value in swept.as_dict().items() if value]
    counters.add_many([("awooop_approval_sweep", value, {"result": name}) for name, value in rows])
