"""What happened by day: the numbers of the charts."""

from __future__ import annotations

from django.http import HttpRequest

from awooop import permissions
from awooop.clock import now
from awooop.rest import PROBLEMS, READ
from governance import insights
from governance.api.base import router
from governance.schemas.insights import Insights
from governance.selectors import days as calendar


@router.get(
    "/platform/insights", response={200: Insights, **PROBLEMS}, auth=READ, tags=["platform"]
)
def get_insights(
    request: HttpRequest,
    project_id: str | None = None,
    days: str | None = None,
    since: str | None = None,
    until: str | None = None,
    chart: str | None = None,
):
    """The last `days` (1 to 92, default 30), or the days from `since` to `until` (dates, both
    included): approvals by outcome, time to a decision, runs by state, cost by agent, SLOs,
    governance events, stale knowledge. `chart` narrows to one by its name.

    Days are those of the project's time zone; of several projects that differ, the default one's.
    """
    projects = permissions.readable_projects(request.caller, project_id)
    zone = calendar.zone_of(projects, request.caller)
    period = insights.parse({"days": days, "since": since, "until": until}, zone)
    return {
        "projects": list(projects),
        "since": period.days[0],
        "until": period.days[-1],
        "time_zone": zone.key,
        "dates": period.days,
        "charts": insights.only(insights.of(projects, period), chart),
        "generated_at": now(),
        "writes_on_read": False,
    }
