"""The home page: what needs me now, is anything broken, is it better than last week."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from awooop import permissions
from governance import insights
from governance.insights import own
from governance.selectors import overview
from runs import first_steps, home_cards
from runs.models import RunState, Severity
from runs.selectors import home as selectors
from runs.selectors import home_numbers
from runs.selectors.home_numbers import Numbers
from runs.templatetags.home import project_query
from runs.views import home_answers

# The chart asks an index for each project and day: of few projects only.
CHART_DAYS, CHART_PROJECTS = 14, 3


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What needs a person now, over all projects that the reader sees or the chosen one."""
    projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    numbers = home_numbers.numbers(projects)
    standing = selectors.standing(projects)
    severities = [{"value": name, "count": standing[name]} for name in Severity.values]
    period = _charted(projects)
    slos = overview.slo_states(projects, period.params if period else None)
    context = {
        "urgent": selectors.urgent(projects),
        "standing": standing,
        "most": selectors.COUNT_AT_MOST,
        "severities": severities,
        "open_count": sum(row["count"] for row in severities),
        "worst": selectors.worst_open(projects),
        "troubled": selectors.troubled(projects) if standing["has_runs"] else [],
        "today": numbers["today"],
        "states": _states(numbers["today"]),
        "comparison": home_answers.comparison(numbers["day"], numbers["week_ago"], slos),
        "cluster": selectors.cluster(),
        "open_events": overview.open_events(projects),
        "slos": slos,
        "slo_chart": own.of_states(slos.by_day, projects) if period and slos.checked_at else None,
        "slo_days": period.labels if period else (),
        "cards": home_cards.of(projects),
        "first_steps": None if standing["has_runs"] else first_steps.of(projects),
    }
    query = project_query({"current_project": request.GET.get("project_id")})
    answers = home_answers.of_page(context, most=selectors.COUNT_AT_MOST, query=query)
    return render(request, "home.html", {**context, "answers": answers})


def _states(today: Numbers) -> list[dict[str, Any]]:
    return [{"value": state, "count": today[state]} for state in RunState.values]


def _charted(projects: Sequence[str]) -> insights.Period | None:
    zone: Any = timezone.get_current_timezone()
    return insights.last(CHART_DAYS, zone) if len(projects) <= CHART_PROJECTS else None
