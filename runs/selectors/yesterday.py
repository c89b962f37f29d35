"""What happened in each project on a day of its own, and what stands open: for the daily report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from governance.models import GovernanceEvent

Span = tuple[str, datetime, datetime]
# Each part is a range of an index that starts with the project and the time, so it costs what
# happened on the day. An incident that ended is looked for among those opened up to 30 days before:
# no index is kept for the end.
_NUMBERS = """
select span.project_id, runs.*, approvals.*, incidents.*
  from unnest(%(projects)s::text[], %(since)s::timestamptz[], %(until)s::timestamptz[])
       as span(project_id, since, until)
 cross join lateral (
   select count(*) as runs,
          count(*) filter (where state = 'completed') as completed,
          count(*) filter (where state = 'failed') as failed,
          count(*) filter (where state = 'timed_out') as timed_out,
          count(*) filter (where state = 'cancelled') as cancelled,
          count(*) filter (where state in ('pending', 'running', 'waiting_approval')) as at_work,
          coalesce(sum(cost_usd), 0) as cost_usd
     from runs_run
    where project_id = span.project_id and created_at >= span.since and created_at < span.until
   ) runs
 cross join lateral (
   select count(*) as asked,
          count(*) filter (where status = 'approved') as approved,
          count(*) filter (where status = 'rejected') as rejected,
          count(*) filter (where status = 'expired') as ignored,
          count(*) filter (where status = 'pending') as waiting
     from runs_approval
    where project_id = span.project_id
      and requested_at >= span.since and requested_at < span.until
   ) approvals
 cross join lateral (
   select (select count(*) from runs_incident
            where project_id = span.project_id
              and opened_at >= span.since and opened_at < span.until) as opened,
          (select count(*) from runs_incident
            where project_id = span.project_id
              and opened_at >= span.since - interval '30 days' and opened_at < span.until
              and resolved_at >= span.since and resolved_at < span.until) as resolved,
          (select count(*) from runs_incident
            where project_id = span.project_id and status in ('open', 'investigating')) as open
   ) incidents
"""


def numbers(spans: Sequence[Span]) -> dict[str, dict[str, Any]]:
    """Answer the numbers of each project's span, by project, with two statements for all."""
    projects, since, until = (list(column) for column in zip(*spans, strict=True))
    given = {"projects": projects, "since": since, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, given)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    events = _open_events(projects)
    return {row["project_id"]: {**row, **events[row["project_id"]]} for row in rows}


def _open_events(projects: Sequence[str]) -> dict[str, dict[str, int]]:
    found = {project: {"events": 0, "critical": 0} for project in projects}
    rows = GovernanceEvent.objects.filter(project_id__in=projects, resolved=False)
    for project, severity in rows.order_by().values_list("project_id", "severity"):
        found[project]["events"] += 1
        found[project]["critical"] += severity == "critical"
    return found
