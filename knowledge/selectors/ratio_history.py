"""The stale ratio over the last days, as self-checks and rechecks measured it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from awooop.clock import now
from governance import thresholds
from governance.selectors import days as calendar
from knowledge.reviews import RECHECK
from knowledge.selectors.staleness import DAYS, RATIO, Snapshot

SHOWN_DAYS = 30
_CHECK = "cycle.results -> 'knowledge_degradation'"
_SNAPSHOT = "done.decision_context -> 'stale_ratio_snapshot'"
# The last measure of each day: one look into an index for each kind, project and day.
_MEASURES = f"""
select wanted.project_id, days.number, latest.at, latest.ratio, latest.stale, latest.total,
       latest.threshold
  from unnest(%(projects)s::text[]) as wanted(project_id)
 cross join unnest(%(begins)s::timestamptz[], %(ends)s::timestamptz[])
       with ordinality as days(begins, ends, number)
 cross join lateral (
   select * from (
     (select cycle.started_at as at, {_CHECK} -> 'ratio' as ratio, {_CHECK} -> 'stale' as stale,
             {_CHECK} -> 'total' as total, {_CHECK} -> 'threshold' as threshold
        from governance_selfcheckcycle cycle
       where cycle.project_id = wanted.project_id
         and cycle.started_at >= days.begins and cycle.started_at < days.ends
         and jsonb_typeof({_CHECK} -> 'ratio') = 'number'
       order by cycle.started_at desc, cycle.id desc limit 1)
     union all
     (select done.created_at, {_SNAPSHOT} -> 'stale_ratio', {_SNAPSHOT} -> 'stale_count',
             {_SNAPSHOT} -> 'total_count', {_SNAPSHOT} -> 'threshold'
        from governance_dispatch done
       where done.project_id = wanted.project_id and done.executor_type = '{RECHECK}'
         and done.created_at >= days.begins and done.created_at < days.ends
         and jsonb_typeof({_SNAPSHOT} -> 'stale_ratio') = 'number'
       order by done.created_at desc, done.id desc limit 1)
   ) measures order by at desc limit 1) latest
 order by wanted.project_id, days.number
"""  # noqa: S608
Percents = list[float | None]


@dataclass(frozen=True)
class Measured:
    """A project's ratios in percent, a day each, oldest first (None: nobody measured), and the
    latest measure with its moment."""

    percents: Percents
    latest: Snapshot
    at: datetime


def measured(projects: Sequence[str], *, days: int = SHOWN_DAYS) -> dict[str, Measured]:
    """Answer the projects that were measured in these days; one statement, which counts nothing."""
    found: dict[str, Measured] = {}
    zone: Any = timezone.get_current_timezone()
    begins = [calendar.begins(day, zone) for day in _dates(days)]
    for project, number, at, *values in _measures(projects, begins, [*begins[1:], now()]):
        before = found[project].percents if project in found else [None] * days
        before[number - 1] = _percent(float(values[0]))
        found[project] = Measured(before, _snapshot(*values), at)
    return found


def together(
    projects: Sequence[str], begins: Sequence[datetime], ends: Sequence[datetime]
) -> tuple[list[float | None], list[float | None]]:
    """Answer the share, in percent, of what is stale and of what may be, of the projects that were
    measured each day, together; None where none was. One statement."""
    days: list[list[Snapshot]] = [[] for _ in begins]
    for _project, number, _at, *values in _measures(projects, begins, ends):
        days[number - 1].append(_snapshot(*values))
    return [_share_of(day, _stale) for day in days], [_share_of(day, _allowed) for day in days]


def _share_of(day: Sequence[Snapshot], part: Callable[[Snapshot], float]) -> float | None:
    total = sum(one.total_count for one in day)
    return _percent(sum(map(part, day)) / total) if total else None


def _stale(one: Snapshot) -> float:
    return one.stale_count


def _allowed(one: Snapshot) -> float:
    return one.threshold * one.total_count


def with_today(project: str, current: Snapshot, *, days: int = SHOWN_DAYS) -> list[dict[str, Any]]:
    """Answer a row `{label, value}` for each day, oldest first; that of today is `current`."""
    found = measured([project], days=days).get(project)
    percents: Percents = list(found.percents) if found else [None] * days
    if current.total_count:
        percents[-1] = _percent(current.stale_ratio)
    return [
        {"label": f"{day:%m-%d}", "value": value}
        for day, value in zip(_dates(days), percents, strict=True)
    ]


def _percent(ratio: float) -> float:
    return round(ratio * 100, 1)


def _snapshot(ratio: str, stale: str | None, total: str | None, threshold: str | None) -> Snapshot:
    """Answer a measure; an old one that does not say its threshold has the default."""
    return Snapshot(
        stale_count=int(stale or 0),
        total_count=int(total or 0),
        stale_ratio=float(ratio),
        threshold=float(threshold or thresholds.DEFAULTS[RATIO].default),
        stale_days=int(thresholds.DEFAULTS[DAYS].default),
    )


def _dates(days: int) -> list[date]:
    return calendar.last_days(now(), days, timezone.get_current_timezone())


def _measures(
    projects: Sequence[str], begins: Sequence[datetime], ends: Sequence[datetime]
) -> list[tuple[Any, ...]]:
    given = {"projects": list(projects), "begins": list(begins), "ends": list(ends)}
    with connection.cursor() as cursor:
        cursor.execute(_MEASURES, given)
        return cursor.fetchall()
