"""The stale ratio over the last days, as self-checks and rechecks measured it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from awooop.clock import now
from governance.selectors import days as calendar
from knowledge.reviews import RECHECK
from knowledge.selectors.staleness import Snapshot

DAYS = 30
# The last measure of each day: one look into an index for each kind, project and day.
_MEASURES = f"""
select wanted.project_id, days.number, latest.ratio
  from unnest(%(projects)s::text[]) as wanted(project_id)
 cross join unnest(%(begins)s::timestamptz[], %(ends)s::timestamptz[])
       with ordinality as days(begins, ends, number)
 cross join lateral (
   select ratio from (
     (select cycle.started_at as at, cycle.results #> '{{knowledge_degradation,ratio}}' as ratio
        from governance_selfcheckcycle cycle
       where cycle.project_id = wanted.project_id
         and cycle.started_at >= days.begins and cycle.started_at < days.ends
         and jsonb_typeof(cycle.results #> '{{knowledge_degradation,ratio}}') = 'number'
       order by cycle.started_at desc, cycle.id desc limit 1)
     union all
     (select done.created_at, done.decision_context #> '{{stale_ratio_snapshot,stale_ratio}}'
        from governance_dispatch done
       where done.project_id = wanted.project_id and done.executor_type = '{RECHECK}'
         and done.created_at >= days.begins and done.created_at < days.ends
         and jsonb_typeof(done.decision_context #> '{{stale_ratio_snapshot,stale_ratio}}')
             = 'number'
       order by done.created_at desc, done.id desc limit 1)
   ) measures order by at desc limit 1) latest
"""  # noqa: S608
Rows = list[dict[str, Any]]


def last_days(found: dict[str, Snapshot], *, days: int = DAYS) -> dict[str, Rows]:
    """Answer, for each project of `found`, a row `{label, value}` for each day, oldest first.

    `value` is the day's last measure in percent, None where nobody measured; that of today is what
    `found` says. One statement.
    """
    zone = timezone.get_current_timezone()
    dates = calendar.last_days(now(), days, zone)
    measured = _measured(list(found), dates, zone)
    rows = {}
    for project, snapshot in found.items():
        values = [measured.get((project, number)) for number in range(1, days + 1)]
        if snapshot.total_count:
            values[-1] = snapshot.stale_ratio
        rows[project] = [
            {"label": f"{day:%m-%d}", "value": None if value is None else round(value * 100, 1)}
            for day, value in zip(dates, values, strict=True)
        ]
    return rows


def _measured(
    projects: Sequence[str], dates: Sequence[date], zone: Any
) -> dict[tuple[str, int], float]:
    begins = [calendar.begins(day, zone) for day in dates]
    given = {"projects": list(projects), "begins": begins, "ends": [*begins[1:], now()]}
    with connection.cursor() as cursor:
        cursor.execute(_MEASURES, given)
        return {(project, number): float(ratio) for project, number, ratio in cursor.fetchall()}
