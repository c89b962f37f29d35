"""Does the state allow it? One table of transitions, and the rules about approvals."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from awooop import confirmation
from awooop.callers import Caller
from awooop.errors import Conflict
from runs.models import Approval, ApprovalStatus, RiskLevel, Run, RunState

TRANSITIONS: dict[str, frozenset[str]] = {
    RunState.PENDING: frozenset({RunState.RUNNING, RunState.CANCELLED}),
    RunState.RUNNING: frozenset(
        {
            RunState.WAITING_APPROVAL,
            RunState.COMPLETED,
            RunState.FAILED,
            RunState.CANCELLED,
            RunState.TIMED_OUT,
            RunState.PENDING,
        }
    ),
    RunState.WAITING_APPROVAL: frozenset(
        {RunState.RUNNING, RunState.CANCELLED, RunState.TIMED_OUT}
    ),
}
FINAL = frozenset(RunState.values) - frozenset(TRANSITIONS)

# What a worker may say of its own run. It gets to `waiting_approval` by asking for an approval and
# back
# to `running` by a decision only: an agent never holds a way to approve.
WORKER_TRANSITIONS: dict[str, frozenset[str]] = {
    RunState.RUNNING: TRANSITIONS[RunState.RUNNING] - {RunState.WAITING_APPROVAL},
    RunState.WAITING_APPROVAL: frozenset({RunState.CANCELLED}),
}


def check_can_transition(run: Run, to_state: str) -> None:
    """Raise Conflict `illegal_transition` where the state machine has no such arrow."""
    if to_state not in TRANSITIONS.get(run.state, frozenset()):
        raise _illegal(run, to_state)


def check_worker_can_transition(run: Run, to_state: str) -> None:
    """Raise Conflict where a worker may not bring its run there by itself."""
    if to_state not in WORKER_TRANSITIONS.get(run.state, frozenset()):
        raise _illegal(run, to_state)


def _illegal(run: Run, to_state: str) -> Conflict:
    return Conflict(
        _("The run is %(state)s; it cannot become %(label)s this way.")
        % {"state": run.get_state_display(), "label": RunState(to_state).label},
        code="illegal_transition",
        state=run.state,
    )


def check_holds(run: Run, *, worker_key: str, worker_id: str | None) -> None:
    """Raise Conflict where the run is held by another worker, or by none."""
    same_worker = worker_id is None or worker_id == run.worker_id
    if run.worker_key != worker_key or not worker_key or not same_worker:
        raise Conflict(
            _("This run is not yours: another worker holds it, or it went back to the queue."),
            code="not_your_run",
            state=run.state,
        )


def check_can_request_approval(run: Run) -> None:
    """Raise Conflict unless the run is running: only then is there something to wait for."""
    if run.state != RunState.RUNNING:
        raise _illegal(run, RunState.WAITING_APPROVAL)


def check_confirmed(approval: Approval, by: Caller) -> None:
    """Raise NotConfirmed where a person decides on a critical approval and it is too long ago that
    they showed that it is them."""
    if approval.risk_level == RiskLevel.CRITICAL:
        confirmation.check_recent(by)


def check_can_decide(run: Run | None, approval: Approval | None, at: datetime) -> None:
    """Raise Conflict unless the approval waits, its run waits, and its time is not over."""
    if run is not None and run.state != RunState.WAITING_APPROVAL:
        raise Conflict(
            _("The run is %(state)s: nothing waits for a decision.")
            % {"state": run.get_state_display()},
            code="not_waiting",
            state=run.state,
        )
    if approval is None or approval.status != ApprovalStatus.PENDING:
        status = approval.status if approval else "gone"
        word = approval.get_status_display() if approval else _("gone")
        raise Conflict(
            _("The approval is %(status)s.") % {"status": word}, code="not_waiting", state=status
        )
    if approval.is_overdue(at):
        raise Conflict(
            _("The approval's time is over: it can no longer be decided."),
            code="approval_overdue",
            state=run.state if run else approval.status,
        )


# What may be decided together with others: the rest wants a look of its own.
BATCH_RISKS = frozenset({RiskLevel.LOW, RiskLevel.MEDIUM})


def check_can_decide_in_batch(approval: Approval) -> None:
    """Raise Conflict `not_for_batch` for a high or critical risk, and where a quorum is asked."""
    if approval.risk_level not in BATCH_RISKS:
        raise Conflict(
            _("Its risk is %(risk)s: it is decided by itself.")
            % {"risk": approval.get_risk_level_display()},
            code="not_for_batch",
            state=approval.status,
        )
    if approval.required_approvals > 1:
        raise Conflict(
            _("More than one person must approve it: it is decided by itself."),
            code="not_for_batch",
            state=approval.status,
        )
