"""What runs and approvals came to, by day: a range of an index, whatever is older or newer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

AGENTS_AT_MOST = 6
STATES = ("completed", "failed", "timed_out", "cancelled", "at_work")
OUTCOMES = ("approved", "rejected", "expired", "cancelled", "pending")
# A day is a bucket between two beginnings of days, so that only one table of time zones counts.
_APPROVALS = """
select width_bucket(requested_at, %(begins)s::timestamptz[]) as day,
       count(*) filter (where status = 'approved') as approved,
       count(*) filter (where status = 'rejected') as rejected,
       count(*) filter (where status = 'expired') as expired,
       count(*) filter (where status = 'cancelled') as cancelled,
       count(*) filter (where status = 'pending') as pending,
       percentile_cont(array[0.5, 0.9]) within group (
         order by extract(epoch from resolved_at - requested_at)
       ) filter (where status in ('approved', 'rejected')) as seconds
  from runs_approval
 where project_id = any(%(projects)s)
   and requested_at >= %(since)s and requested_at < %(until)s
 group by 1
"""
# The agents that cost most have rows of their own; the others are told together, as null.
_RUNS = """
with counted as materialized (
  select width_bucket(created_at, %(begins)s::timestamptz[]) as day, agent_id,
         sum(cost_usd) as cost,
         count(*) filter (where state = 'completed') as completed,
         count(*) filter (where state = 'failed') as failed,
         count(*) filter (where state = 'timed_out') as timed_out,
         count(*) filter (where state = 'cancelled') as cancelled,
         count(*) filter (where state in ('pending', 'running', 'waiting_approval')) as at_work
    from runs_run
   where project_id = any(%(projects)s)
     and created_at >= %(since)s and created_at < %(until)s
   group by 1, 2),
costly as (
  select agent_id from counted group by agent_id having sum(cost) > 0
   order by sum(cost) desc, agent_id limit %(agents)s)
select counted.day, costly.agent_id, sum(cost), sum(completed)::int, sum(failed)::int,
       sum(timed_out)::int, sum(cancelled)::int, sum(at_work)::int
  from counted left join costly using (agent_id)
 group by 1, 2
"""


@dataclass(frozen=True)
class Approvals:
    """Of the approvals asked for on each day: how many came to what, and the seconds from asking to
    deciding of the middle one and of the slowest tenth; None where none was decided."""

    outcomes: dict[str, list[int]]
    median: list[float | None]
    slow: list[float | None]


@dataclass(frozen=True)
class Runs:
    """Of the runs made on each day: how many are in what state, and what each agent's cost, the
    costliest first; those that are not among them are together under None, where there are any."""

    states: dict[str, list[int]]
    costs: dict[str | None, list[Decimal]]


def approvals(projects: Sequence[str], days: Mapping[str, Any]) -> Approvals:
    """Answer what became of the approvals of each day (`begins`, `since`, `until`): one
    statement."""
    size = len(days["begins"])
    found = Approvals({name: [0] * size for name in OUTCOMES}, [None] * size, [None] * size)
    for day, *counts, seconds in _rows(_APPROVALS, projects, days):
        for name, count in zip(OUTCOMES, counts, strict=True):
            found.outcomes[name][day - 1] = count
        if seconds is not None:
            found.median[day - 1], found.slow[day - 1] = (float(one) for one in seconds)
    return found


def runs(projects: Sequence[str], days: Mapping[str, Any]) -> Runs:
    """Answer what became of the runs of each day, and what they cost: one statement."""
    size = len(days["begins"])
    states = {name: [0] * size for name in STATES}
    costs: dict[str | None, list[Decimal]] = {}
    for day, agent, cost, *counts in _rows(_RUNS, projects, days):
        for name, count in zip(STATES, counts, strict=True):
            states[name][day - 1] += count
        if cost:
            costs.setdefault(agent, [Decimal(0)] * size)[day - 1] += cost
    by_cost = sorted(costs, key=lambda one: (one is None, -sum(costs[one]), one or ""))
    return Runs(states, {agent: costs[agent] for agent in by_cost})


def _rows(sql: str, projects: Sequence[str], days: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    params = {**days, "projects": list(projects), "agents": AGENTS_AT_MOST}
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
