"""The tab of the month in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from governance.selectors import days as calendar
from governance.selectors import summary
from governance.selectors.summary import Summary
from governance.severities import Severity, severity_of
from governance.views.frame import Shown
from governance.wording import word

SERIES_AT_MOST = 7
_TONES = {Severity.CRITICAL: "bad", Severity.WARNING: "warn", Severity.INFO: "idle"}
_ORDER = {severity: rank for rank, severity in enumerate(_TONES)}


def tab(request: HttpRequest, projects: Sequence[str]) -> Shown:
    """Thirty days of events by type, and the share that is resolved."""
    zone = calendar.zone_of(projects, request.caller)
    told = summary.summary(projects, days=summary.DAYS, zone=zone)
    series = chart_series(told)
    labels = [f"{day.date:%m-%d}" for day in told.days]
    return Shown({"summary": told, "series": series, "labels": labels, "days": summary.DAYS})


def chart_series(told: Summary) -> list[dict[str, Any]]:
    """Answer one row of the chart per type, the gravest and then the most frequent first; what is
    beyond seven is put together."""
    counts = told.by_type
    names = sorted(counts, key=lambda name: (_ORDER[severity_of(name)], -counts[name], name))
    shown = names if len(names) <= SERIES_AT_MOST else names[: SERIES_AT_MOST - 1]
    rest = names[len(shown) :]
    series = [_series(told, word(name), _TONES[severity_of(name)], [name]) for name in shown]
    return [*series, _series(told, word("others"), "idle", rest)] if rest else series


def _series(told: Summary, label: str, tone: str, names: list[str]) -> dict[str, Any]:
    values = [sum(day.by_type.get(name, 0) for name in names) for day in told.days]
    return {"label": label, "tone": tone, "values": values, "total": sum(values)}
