"""What the home page answers: what needs a person, is anything broken, is it getting better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, IntegerField, Value, When

from awooop import paging
from awooop.clock import now
from awooop.models import TaskHeartbeat
from awooop.probes import CLUSTER_QUIET
from runs.models import Incident, IncidentStatus, Run, RunState, Severity
from runs.selectors import approvals

URGENT_AT_MOST, INCIDENTS_AT_MOST, TROUBLED_AT_MOST = 8, 6, 6
MESSAGE_LATE = timedelta(minutes=5)
UNCLAIMED = timedelta(minutes=10)
LOST = timedelta(seconds=120)
DAY = timedelta(days=1)
COUNT_AT_MOST = 1_000
_OPEN = (IncidentStatus.OPEN, IncidentStatus.INVESTIGATING)
_TROUBLED = (RunState.FAILED, RunState.TIMED_OUT)

Numbers = Mapping[str, Any]

# Counts of what stands now, each among the few rows that an index of open things holds; messages
# are asked for in the words of their index (`channels.UNDELIVERED`), or the planner reads them all.
_STANDING = """
select waiting.*, incidents.*, messages.*, runs.*, awooop_has_disk_room() as has_disk_room
from (select count(*) as waiting from (
        select 1 from runs_approval
         where project_id = any(%(projects)s) and status = 'pending' limit %(most)s) few) waiting
cross join (
  select count(*) filter (where severity = 'critical') as critical,
         count(*) filter (where severity = 'warning') as warning,
         count(*) filter (where severity = 'info') as info
    from runs_incident
   where project_id = any(%(projects)s) and status in ('open', 'investigating')) incidents
cross join (
  select count(*) as late_messages, min(queued_at) as oldest_message_at from (
    select queued_at from runs_outboundmessage
     where project_id = any(%(projects)s) and queued_at < %(late)s and send_status = 'queued'
       and send_status in ('queued', 'sending', 'failed', 'dead')
       and fallback_sent_at is null and edits_id is null
     limit %(most)s) few) messages
cross join (
  select (select count(*) from runs_run
           where project_id = any(%(projects)s) and state = 'running'
             and heartbeat_at < %(silent)s) as silent_runs,
         (select count(*) from (
            select 1 from runs_run
             where project_id = any(%(projects)s) and state = 'pending'
               and created_at < %(unclaimed)s limit %(most)s) few) as unclaimed_runs,
         -- By the index of each project: a scan would walk over the runs of others first.
         exists (select 1 from unnest(%(projects)s::text[]) as visible(project_id)
           cross join lateral (
             select 1 from runs_run where project_id = visible.project_id
              order by created_at desc limit 1) one) as has_runs) runs
"""


@dataclass(frozen=True)
class Cluster:
    """The background cluster as its heartbeats tell it."""

    last_success_at: datetime | None
    failing: list[TaskHeartbeat]
    tasks: list[TaskHeartbeat]

    @property
    def is_quiet(self) -> bool:
        """Whether nothing was done for five minutes, or ever."""
        return self.last_success_at is None or now() - self.last_success_at >= CLUSTER_QUIET


def urgent(projects: Sequence[str]) -> list[Any]:
    """Answer the approvals that can still be decided, the first to expire first."""
    return approvals.most_urgent(projects, at_most=URGENT_AT_MOST)


def worst_open(projects: Sequence[str]) -> list[Incident]:
    """Answer the worst incidents that are not resolved, the newest of each severity first."""
    ranks = [When(severity=value, then=Value(rank)) for rank, value in enumerate(Severity.values)]
    rank = Case(*ranks, default=Value(len(ranks)), output_field=IntegerField())
    order = (rank, "-opened_at", "-incident_id")
    rows = paging.restrict(Incident.objects.filter(status__in=_OPEN), projects)
    # Whole rows of these few only: all that are open would be sorted with their labels.
    first = rows.order_by(*order).values("pk")[:INCIDENTS_AT_MOST]
    whole = paging.restrict(Incident.objects.filter(pk__in=first), projects)
    return list(whole.order_by(*order))


def troubled(projects: Sequence[str]) -> list[Run]:
    """Answer the newest runs of the last 24 hours that failed, timed out or lost their worker."""
    rows = Run.objects.filter(state__in=_TROUBLED, created_at__gte=now() - DAY)
    ordered = paging.restrict(rows, projects).order_by("-created_at", "-run_id")
    return list(ordered[:TROUBLED_AT_MOST])


def standing(projects: Sequence[str]) -> Numbers:
    """Answer what stands now: approvals `waiting`, open incidents by severity, late messages,
    silent and unclaimed runs, whether there ever was a run. What can be many is counted no further
    than 1,000.
    """
    at = now()
    bounds = {"late": at - MESSAGE_LATE, "silent": at - LOST, "unclaimed": at - UNCLAIMED}
    params = {"projects": list(projects), "most": COUNT_AT_MOST, **bounds}
    return _rows(_STANDING, params)[0]


def cluster() -> Cluster:
    """Answer whether the background work goes on."""
    tasks = list(TaskHeartbeat.objects.order_by("kind"))
    successes = [task.last_success_at for task in tasks if task.last_success_at]
    failing = [task for task in tasks if _fails(task)]
    return Cluster(max(successes, default=None), failing, tasks)


def _fails(task: TaskHeartbeat) -> bool:
    if task.last_failure_at is None:
        return False
    return task.last_success_at is None or task.last_failure_at > task.last_success_at


def _rows(sql: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
