"""What happened today, in the last 24 hours and in the same 24 hours a week ago, in numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from awooop.clock import now

Numbers = Mapping[str, Any]
DAY = timedelta(days=1)

# One row of numbers for each span of time; each lateral part is a range of an index that starts
# with the project and the time, so it costs what happened in the span, whatever is older.
_NUMBERS = """
select span.name, runs.*, incidents.*, approvals.*, executions.*
from (values ('today', %(midnight)s::timestamptz, %(now)s::timestamptz),
             ('day', %(day_ago)s::timestamptz, %(now)s::timestamptz),
             ('week_ago', %(eight_days_ago)s::timestamptz, %(week_ago)s::timestamptz)
     ) as span(name, since, until)
cross join lateral (
  select count(*) as runs,
         count(*) filter (where state = 'pending') as pending,
         count(*) filter (where state = 'running') as running,
         count(*) filter (where state = 'waiting_approval') as waiting_approval,
         count(*) filter (where state = 'completed') as completed,
         count(*) filter (where state = 'failed') as failed,
         count(*) filter (where state = 'timed_out') as timed_out,
         count(*) filter (where state = 'cancelled') as cancelled,
         coalesce(sum(cost_usd), 0) as cost_usd
    from runs_run
   where project_id = any(%(projects)s) and created_at >= span.since and created_at < span.until
  ) runs
cross join lateral (
  select count(*) as incidents,
         count(*) filter (where disposition = 'auto_repaired') as auto_repaired,
         count(*) filter (where disposition = 'human_approved') as human_approved,
         count(*) filter (where disposition = 'timeout_ignored') as ignored
    from runs_incident
   where project_id = any(%(projects)s) and opened_at >= span.since and opened_at < span.until
  ) incidents
cross join lateral (
  select count(*) as asked,
         count(*) filter (where status = 'approved') as approved,
         count(*) filter (where status = 'rejected') as rejected,
         count(*) filter (where status = 'expired') as expired,
         percentile_cont(0.5) within group (
           order by extract(epoch from resolved_at - requested_at)
         ) filter (where status in ('approved', 'rejected')) as decision_seconds
    from runs_approval
   where project_id = any(%(projects)s)
     and requested_at >= span.since and requested_at < span.until
  ) approvals
cross join lateral (
  select count(*) as executions, count(*) filter (where success) as succeeded
    from runs_execution
   where project_id = any(%(projects)s) and created_at >= span.since and created_at < span.until
  ) executions
"""


def numbers(projects: Sequence[str]) -> dict[str, Numbers]:
    """Answer what happened `today` (the reader's), the last `day` and the same a `week_ago`: one
    statement."""
    at = now()
    spans = {
        "now": at,
        "midnight": timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0),
        "day_ago": at - DAY,
        "week_ago": at - 7 * DAY,
        "eight_days_ago": at - 8 * DAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, {"projects": list(projects), **spans})
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row.pop("name"): row for row in rows}


def share(part: int, whole: int) -> Decimal | None:
    """Answer a ratio from 0 to 1, or None where there is nothing to divide: unknown is not zero."""
    return Decimal(part) / Decimal(whole) if whole else None
