"""The page of charts: what happened by day, of the chosen projects and days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from awooop import csv_export, permissions
from awooop.errors import Invalid
from governance import insights
from governance.forms import PeriodForm
from governance.insights import Chart, Period
from governance.selectors import days as calendar

PRESETS = (7, 30, 90)
CSV = ("date", "chart", "series", "unit", "value")


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """Every chart; `chart` narrows to one, `numbers=open` shows the tables, `format=csv` saves the
    numbers as a file."""
    projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    zone = calendar.zone_of(projects, request.caller)
    form = PeriodForm(request.GET, zone=zone)
    as_file = _one_of(request, "format", "csv")
    is_open = _one_of(request, "numbers", "open")
    charts: list[Chart] = []
    if form.is_valid():
        found = insights.of(projects, form.filters)
        charts = insights.only(found, request.GET.get("chart"))
    if as_file and form.is_valid():
        return csv_export.respond("insights", CSV, list(csv_rows(charts, form.filters)))
    context = {
        "form": form,
        "charts": charts,
        "period": form.filters,
        "labels": form.filters.labels if form.filters else [],
        "presets": [{"days": days, "is_chosen": _is_last(form.filters, days)} for days in PRESETS],
        "zone": zone.key,
        "is_open": is_open,
        "is_one_project": len(projects) == 1,
    }
    return render(
        request, "governance/insights.html", context, status=200 if form.is_valid() else 422
    )


def csv_rows(charts: Sequence[Chart], period: Period) -> Iterator[Sequence[Any]]:
    """Answer a row for each day of each series: as long as wide spreadsheets are not."""
    for chart in charts:
        for series in chart.series:
            for day, value in zip(period.days, series.values, strict=True):
                shown = round(value, 6) if isinstance(value, float) else value
                yield day.isoformat(), chart.name, series.key, chart.unit, shown


def _is_last(period: Period | None, days: int) -> bool:
    return period is not None and period == insights.last(days, period.zone)


def _one_of(request: HttpRequest, name: str, known: str) -> bool:
    given = request.GET.get(name, "")
    if given not in ("", known):
        raise Invalid({name: _("must be %(known)s, or left out") % {"known": known}})
    return bool(given)
