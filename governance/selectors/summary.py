"""How the agents did: events by day, and the share that is resolved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from awooop.clock import now
from governance.selectors import days as calendar

DAYS = 30
MOST_DAYS = 366

# A day is a bucket between two beginnings of days, so that only one table of time zones counts.
_COUNT = """
select width_bucket(triggered_at, %(begins)s::timestamptz[]) as day, event_type,
       count(*) as total, count(*) filter (where not resolved) as unresolved
  from governance_governanceevent
 where project_id = any(%(projects)s) and triggered_at >= %(since)s and triggered_at < %(until)s
 group by 1, 2
"""
_EARLIER = """
select count(*) from governance_governanceevent
 where project_id = any(%(projects)s) and not resolved and triggered_at < %(since)s
"""


@dataclass(frozen=True)
class Day:
    """The events of one calendar day."""

    date: date
    by_type: dict[str, int]

    @property
    def total(self) -> int:
        """How many there were."""
        return sum(self.by_type.values())


@dataclass(frozen=True)
class Summary:
    """The events that were triggered in the window, and what stood open before it began."""

    days: list[Day]
    time_zone: str
    unresolved_count: int
    unresolved_before: int

    @property
    def total_events(self) -> int:
        """How many there were in the window."""
        return sum(day.total for day in self.days)

    @property
    def compliance_rate(self) -> float:
        """The share of the window's events that are resolved; 1.0 where there were none."""
        total = self.total_events
        return round(1 - self.unresolved_count / total, 3) if total else 1.0

    @property
    def by_type(self) -> Counter[str]:
        """How many of each type."""
        return sum((Counter(day.by_type) for day in self.days), Counter())


def summary(projects: Sequence[str], *, days: int, zone: ZoneInfo) -> Summary:
    """Answer the last `days` calendar days of the zone, each of them, today included."""
    dates = calendar.last_days(now(), days, zone)
    begins = [calendar.begins(day, zone) for day in dates]
    until = calendar.begins(dates[-1] + timedelta(days=1), zone)
    by_day, unresolved = by_type(projects, begins, until)
    with connection.cursor() as cursor:
        cursor.execute(_EARLIER, {"projects": list(projects), "since": begins[0]})
        (earlier,) = cursor.fetchone()
    told = [
        Day(day, dict(sorted(counts.items()))) for day, counts in zip(dates, by_day, strict=True)
    ]
    return Summary(told, zone.key, unresolved, earlier)


def by_type(
    projects: Sequence[str], begins: Sequence[datetime], until: datetime
) -> tuple[list[dict[str, int]], int]:
    """Answer the events of each day by type, for days that begin so, and how many of them are
    unresolved; one statement."""
    params = {
        "projects": list(projects),
        "begins": list(begins),
        "since": begins[0],
        "until": until,
    }
    by_day: list[dict[str, int]] = [{} for _ in begins]
    unresolved = 0
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, params)
        for day, event_type, total, open_now in cursor.fetchall():
            by_day[day - 1][event_type] = total
            unresolved += open_now
    return by_day, unresolved
