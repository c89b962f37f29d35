"""What the cluster does, measured as it does it: the self-check, the expiry of approvals."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from bench.rows.table import RUN
from bench.run import Result
from bench.world import World

OVERDUE = 10_000
ASKED_BEFORE, ENDED_BEFORE = timedelta(hours=2), timedelta(hours=1)
_APPROVE = """
insert into runs_approval (id, project_id, run_id, incident_id, tool_name, arguments, digest,
    suggested_action, risk_level, status, required_approvals, requested_by, requested_at,
    expires_at)
select md5('bench overdue' || run.run_id)::uuid, run.project_id, run.run_id, made.incident_id,
       'kubernetes.restart', '{}', md5(run.run_id::text), 'Restart it.', 'low', 'pending', 1,
       'agent', %(asked_at)s, %(expires_at)s
  from made join runs_run run on run.run_id = made.run_id
"""
_MAKE = """
with chosen as (
  select run_id, project_id, trigger_ref from runs_run
   where run_id = any(%(runs)s) and state = 'completed'
), waits as (
  update runs_run run set state = 'waiting_approval', completed_at = null
    from chosen where run.run_id = chosen.run_id
), made as (
  update runs_incident incident
     set status = 'open', resolved_at = null, resolution_type = null, disposition = null
    from chosen where incident.incident_id = chosen.trigger_ref
  returning incident.incident_id, chosen.run_id
)
"""


def measure(world: World) -> list[Result]:
    """Answer the results of the self-check and of the expiry sweep."""
    return [_self_check(world), _expiry(world)]


def _self_check(world: World) -> Result:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from awooop import callers
    from governance.actions import self_check

    by = callers.system("bench")
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        asked = self_check.run(by=by, trigger="manual", alert=False)
        taken.append(time.perf_counter() - began)
        if asked.errors:
            raise RuntimeError(f"self-check: {asked.errors}")
    with CaptureQueriesContext(connection) as captured:
        self_check.run(by=by, trigger="manual", alert=False)
    ordered = sorted(milliseconds(each) for each in taken)
    return Result("self-check of 20 projects, dry", ordered[2], ordered[-1], len(taken), 2_000,
                  statements=len(captured))  # fmt: skip


def _expiry(world: World) -> Result:
    from awooop.clock import now
    from runs.actions import expiry

    count = make_overdue(world, now())
    began = time.perf_counter()
    expiry.sweep()
    taken = milliseconds(time.perf_counter() - began)
    return Result(f"expiry of {count:,} overdue approvals", taken, taken, 1, 20_000,
                  records=count)  # fmt: skip


def make_overdue(world: World, at: datetime) -> int:
    """Let runs that were completed wait for a decision that at `at` is overdue; answers how
    many."""
    from django.db import connection

    from awooop import tenancy

    wanted = min(OVERDUE, world.scale.runs // 10)
    ids = [world.uuid(RUN, run) for run in range(int(wanted * 1.3)) if run % 10]
    times = {"asked_at": at - ASKED_BEFORE, "expires_at": at - ENDED_BEFORE}
    given: dict[str, Any] = {"runs": ids, **times}
    with tenancy.scope(world.projects), connection.cursor() as cursor:
        cursor.execute(_MAKE + _APPROVE, given)
        return cursor.rowcount


def milliseconds(seconds: float) -> float:
    """Answer seconds as milliseconds, to a hundredth."""
    return round(seconds * 1000, 2)
