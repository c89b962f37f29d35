"""Calendar days of a time zone: the one place where days become moments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from awooop.callers import Caller
from awooop.models import Project

DEFAULT = Project._meta.get_field("timezone").default


def zone_of(projects: Sequence[str], caller: Caller | None) -> ZoneInfo:
    """Answer the zone that days are counted in: that of the projects where they have one zone in
    common, else the reader's own, else the default."""
    rows = Project.objects.filter(project_id__in=projects).order_by()
    names = list(rows.values_list("timezone", flat=True).distinct()[:2])
    if len(names) != 1:
        user = caller.user if caller else None
        names = [user.time_zone if user else DEFAULT]
    try:
        return ZoneInfo(names[0])
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(DEFAULT)


def last_days(until: datetime, days: int, zone: ZoneInfo) -> list[date]:
    """Answer the last `days` calendar days of the zone, oldest first; the last is today."""
    today = until.astimezone(zone).date()
    return [today - timedelta(days=back) for back in range(days - 1, -1, -1)]


def begins(day: date, zone: ZoneInfo) -> datetime:
    """Answer when a day begins there: a day may have 23 or 25 hours."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
