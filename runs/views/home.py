"""The home page: what needs me now, is anything broken, is it better than last week."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from awooop import permissions
from governance.selectors import overview
from runs import home_cards
from runs.models import RunState, Severity
from runs.selectors import home as selectors
from runs.selectors.home import Numbers

# Too little happened to speak of better or worse.
_FEW = 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What needs a person now, over all projects that the reader sees or the chosen one."""
    projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    numbers = selectors.numbers(projects)
    standing = selectors.standing(projects)
    severities = [{"value": name, "count": standing[name]} for name in Severity.values]
    context = {
        "urgent": selectors.urgent(projects),
        "standing": standing,
        "most": selectors.COUNT_AT_MOST,
        "severities": severities,
        "open_count": sum(row["count"] for row in severities),
        "worst": selectors.worst_open(projects),
        "troubled": selectors.troubled(projects),
        "today": numbers["today"],
        "states": _states(numbers["today"]),
        "comparison": comparison(numbers["day"], numbers["week_ago"]),
        "cluster": selectors.cluster(),
        "open_events": overview.open_events(projects),
        "slos": overview.slo_states(projects),
        "cards": home_cards.of(projects),
    }
    return render(request, "home.html", context)


def _states(today: Numbers) -> list[dict[str, Any]]:
    return [{"value": state, "count": today[state]} for state in RunState.values]


def comparison(day: Numbers, week_ago: Numbers) -> list[dict[str, Any]]:
    """Answer the last 24 hours against the same a week ago, with a word for the direction."""
    rows = []
    for label, kind, less_is_better, measure in _MEASURES:
        (here, here_of), (there, there_of) = measure(day), measure(week_ago)
        enough = min(here_of, there_of) >= _FEW
        verdict = _verdict(here, there, less_is_better) if enough else "unknown"
        rows.append({"label": label(), "kind": kind, "now": here, "before": there, "is": verdict})
    return rows


def _verdict(here: Any, there: Any, less_is_better: bool | None) -> str:
    if here is None or there is None or less_is_better is None:
        return "unknown"
    here, there = float(here), float(there)
    if abs(here - there) <= 0.05 * max(abs(here), abs(there)):  # within 5 %: no news
        return "same"
    return "better" if (here < there) == less_is_better else "worse"


def _ended(numbers: Numbers) -> int:
    return numbers["completed"] + numbers["failed"] + numbers["timed_out"]


def _share(part: int, whole: int) -> tuple[Any, int]:
    return selectors.share(part, whole), whole


# label, how the value is shown, whether less is better, the value and out of how many it was drawn
_MEASURES = (
    (
        lambda: _("Runs that failed or timed out"),
        "percent",
        True,
        lambda n: _share(n["failed"] + n["timed_out"], _ended(n)),
    ),
    (
        lambda: _("Incidents repaired by agents"),
        "percent",
        False,
        lambda n: _share(n["auto_repaired"], n["incidents"]),
    ),
    (
        lambda: _("Approvals that expired undecided"),
        "percent",
        True,
        lambda n: _share(n["expired"], n["approved"] + n["rejected"] + n["expired"]),
    ),
    (
        lambda: _("Median time to a decision"),
        "seconds",
        True,
        lambda n: (n["decision_seconds"], n["approved"] + n["rejected"]),
    ),
    (
        lambda: _("Repairs that succeeded"),
        "percent",
        False,
        lambda n: _share(n["succeeded"], n["executions"]),
    ),
    (lambda: _("Incidents opened"), "number", True, lambda n: (n["incidents"], _FEW)),
)
