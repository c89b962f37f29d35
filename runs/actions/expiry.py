"""The expiry sweep: nobody decided in time, and the loop closes all the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from awooop import callers, counters, tenancy
from awooop.actions import audit
from awooop.clock import now
from runs import signals
from runs.actions import incidents
from runs.actions.transitions import transition
from runs.models import (
    Approval,
    ApprovalStatus,
    Disposition,
    Incident,
    IncidentStatus,
    ResolutionType,
    Run,
    RunState,
)

BATCH = 200
log = structlog.get_logger(__name__)
_SWEEP = callers.system("approval expiry sweep")


@dataclass
class Swept:
    """What a sweep did: approvals expired, incidents resolved, approvals that another sweep holds,
    failures."""

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
    passed_over: set[UUID] = set()
    at = now()
    while True:
        with transaction.atomic(), tenancy.scope([project_id]):
            candidates = _overdue(project_id, at, passed_over, batch)
            if not candidates:
                return
            locked = _lock(candidates, at)
            failed = _expire_isolated(locked, at, swept)
        taken = {approval.pk for approval in locked}
        held = set(candidates) - taken
        swept.skipped += len(held)
        passed_over |= held | failed


def _overdue(project_id: str, at: datetime, passed_over: set[UUID], batch: int) -> list[UUID]:
    return list(
        Approval.objects.filter(
            project_id=project_id, status=ApprovalStatus.PENDING, expires_at__lte=at
        )
        .exclude(pk__in=passed_over)
        .order_by("expires_at", "pk")
        .values_list("pk", flat=True)[:batch]
    )


def _lock(candidates: Sequence[UUID], at: datetime) -> list[Approval]:
    """Lock runs, then approvals, in the order that a decision does; what others hold is left
    out."""
    waiting = Approval.objects.filter(
        pk__in=candidates, status=ApprovalStatus.PENDING, expires_at__lte=at
    )
    run_ids = list(waiting.exclude(run=None).values_list("run_id", flat=True))
    runs = Run.objects.select_for_update(skip_locked=True).filter(pk__in=run_ids).order_by("pk")
    by_id = {run.pk: run for run in runs}
    locked = list(waiting.select_for_update(skip_locked=True).order_by("expires_at", "pk"))
    mine = [approval for approval in locked if approval.run_id in by_id or approval.run_id is None]
    for approval in mine:
        if approval.run_id is not None:
            approval.run = by_id[approval.run_id]
    return mine


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
        if approval.run is not None and approval.run.state == RunState.WAITING_APPROVAL:
            transition(approval.run, RunState.TIMED_OUT, by=_SWEEP, error_code="E-APPR-EXPIRED")
        signals.approval_decided.send(sender=Approval, approval=approval, by=_SWEEP)
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
