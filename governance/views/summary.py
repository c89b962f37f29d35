"""The tab of the month in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from governance.insights import Series
from governance.insights.own import by_type
from governance.selectors import days as calendar
from governance.selectors import summary
from governance.views.frame import Shown


def tab(request: HttpRequest, projects: Sequence[str]) -> Shown:
    """Thirty days of events by type, and the share that is resolved."""
    zone = calendar.zone_of(projects, request.caller)
    told = summary.summary(projects, days=summary.DAYS, zone=zone)
    series = [_row(one) for one in by_type([day.by_type for day in told.days])]
    labels = [f"{day.date:%m-%d}" for day in told.days]
    return Shown({"summary": told, "series": series, "labels": labels, "days": summary.DAYS})


def _row(series: Series) -> dict[str, Any]:
    return {
        "label": series.label,
        "tone": series.tone,
        "values": series.values,
        "total": sum(series.values),
    }
