"""The run sweep: workers that fell silent, and runs whose time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from awooop import callers, counters, tenancy
from awooop.clock import now
from runs.actions.runs import has_attempt_left
from runs.actions.transitions import transition
from runs.models import Run, RunState

BATCH = 200
_SWEEP = callers.system("run sweep")


def sweep() -> dict[str, int]:
    """Time out overdue runs, then requeue or fail runs whose worker fell silent; answers how
    many."""
    swept = {"timed_out": 0, "cancelled": 0, "requeued": 0, "failed": 0}
    with tenancy.all_projects() as projects:
        pass
    for project_id in projects:
        while _one_batch(project_id, _overdue, _time_out, swept):
            pass
        while _one_batch(project_id, _silent, _lose, swept):
            pass
    counters.add_many(
        [("awooop_run_sweep", count, {"result": name}) for name, count in swept.items() if count]
    )
    return swept


def _one_batch(project_id, find, act, swept) -> bool:
    with transaction.atomic(), tenancy.scope([project_id]):
        runs = list(
            find(project_id, now()).select_for_update(skip_locked=True).order_by("pk")[:BATCH]
        )
        for run in runs:
            swept[act(run)] += 1
    return len(runs) == BATCH


def _overdue(project_id: str, at: datetime):
    states = [RunState.PENDING, RunState.RUNNING, RunState.WAITING_APPROVAL]
    return Run.objects.filter(project_id=project_id, state__in=states, timeout_at__lte=at)


def _silent(project_id: str, at: datetime):
    limit = at - timedelta(seconds=settings.RUN_HEARTBEAT_TIMEOUT_S)
    return Run.objects.filter(project_id=project_id, state=RunState.RUNNING, heartbeat_at__lt=limit)


def _time_out(run: Run) -> str:
    # A run that nobody claimed has no way to `timed_out`; it is cancelled with the same code.
    to_state = RunState.CANCELLED if run.state == RunState.PENDING else RunState.TIMED_OUT
    transition(run, to_state, by=_SWEEP, error_code="E-RUN-TIMEOUT", audit_action="run.timeout")
    return to_state


def _lose(run: Run) -> str:
    attempts = run.attempt_count + 1
    if has_attempt_left(run):
        transition(
            run,
            RunState.PENDING,
            by=_SWEEP,
            attempt_count=attempts,
            audit_action="run.heartbeat_lost",
        )
        return "requeued"
    transition(
        run,
        RunState.FAILED,
        by=_SWEEP,
        attempt_count=attempts,
        error_code="E-RUN-HEARTBEAT-LOST",
        audit_action="run.heartbeat_lost",
    )
    return "failed"
