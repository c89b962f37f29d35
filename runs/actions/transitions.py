"""The one function that changes a run's state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from awooop import permissions
from awooop.actions import audit
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import NotFound
from runs import policies, signals
from runs.actions import links
from runs.models import Approval, ApprovalStatus, Run, RunState


def lock_run(run_id: UUID, projects: tuple[str, ...]) -> Run:
    """Answer the run, locked until the transaction ends; raises NotFound where it is not
    visible."""
    run = Run.objects.select_for_update().filter(run_id=run_id, project_id__in=projects).first()
    if run is None:
        raise NotFound(_("No such run, or none that you may see."))
    return run


def open_run(by: Caller, operation: str, run_id: UUID, project_id: str | None = None) -> Run:
    """Answer the run, locked, for a write that the caller may do to it, in `project_id` if given.

    Raises NotFound, NotAllowed, or Conflict where its project is switched off.
    """
    run = lock_run(run_id, permissions.readable_projects(by, project_id))
    permissions.check_can_write(by, operation, run.project_id)
    return run


def transition(run: Run, to_state: str, *, by: Caller, **how: Any) -> Run:
    """Bring a locked run to another state and write it; for `how` see `transition_all`."""
    transition_all([run], to_state, by=by, **how)
    return run


def transition_all(
    runs: Sequence[Run],
    to_state: str,
    *,
    by: Caller,
    error_code: str | None = None,
    error_detail: str | None = None,
    audit_action: str | None = None,
    **values: Any,
) -> None:
    """Bring locked runs to another state and write them, in a fixed number of statements; raises
    Conflict `illegal_transition` before any is written.

    `values` are further columns to set. Where a person or a policy caused it, `audit_action` names
    the audit record. An approval that still waits when its run leaves is cancelled.
    """
    for run in runs:
        policies.check_can_transition(run, to_state)
    at = now()
    values |= {"state": to_state, **_stamps(to_state, at)}
    if error_code is not None or error_detail is not None:
        values |= {"error_code": error_code, "error_detail": error_detail}
    before = [(run, run.state, run.error_detail) for run in runs]
    Run.objects.filter(pk__in=[run.pk for run in runs]).update(**values)
    for run in runs:
        for name, value in values.items():
            setattr(run, name, value)
    if to_state != RunState.RUNNING:
        _cancel_waiting_approvals(
            [run for run, state, _detail in before if state == RunState.WAITING_APPROVAL], at
        )
    for run, from_state, detail in before:
        if run.error_detail != detail:
            links.for_changed_detail(run, detail)
        if audit_action:
            _record(run, from_state, by, audit_action)
        signals.run_transitioned.send(sender=Run, run=run, from_state=from_state, by=by)
    if runs and to_state in policies.FINAL:
        signals.runs_ended.send(sender=Run, runs=list(runs), by=by)


def _stamps(to_state: str, at: Any) -> dict[str, Any]:
    if to_state in policies.FINAL:
        return {"completed_at": at}
    if to_state == RunState.RUNNING:
        return {"heartbeat_at": at}
    if to_state == RunState.PENDING:
        return {"worker_id": None, "worker_key": "", "heartbeat_at": None}
    return {}


def _cancel_waiting_approvals(runs: Sequence[Run], at: Any) -> None:
    if runs:
        Approval.objects.filter(run__in=runs, status=ApprovalStatus.PENDING).update(
            status=ApprovalStatus.CANCELLED, resolved_at=at, disposition="run_ended"
        )


def _record(run: Run, from_state: str, by: Caller, action: str) -> None:
    details = {"from": from_state, "to": run.state, "error_code": run.error_code}
    entry = audit.Entry(action, "run", str(run.run_id), details, run_id=run.run_id)
    audit.append(project_id=run.project_id, by=by, entry=entry)
