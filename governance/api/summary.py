"""The month in numbers."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from awooop import permissions
from awooop.rest import PROBLEMS, READ
from governance.api.base import router
from governance.schemas.outputs import GovernanceSummary
from governance.selectors import days as calendar
from governance.selectors import summary

Days = Annotated[int, Field(ge=1, le=summary.MOST_DAYS)]


@router.get("/ai/governance/summary", response={200: GovernanceSummary, **PROBLEMS}, auth=READ)
def get_summary(request: HttpRequest, project_id: str | None = None, days: Days = summary.DAYS):
    """The last `days` calendar days, today included, each of them present.

    Days are those of the project's time zone; of several projects that differ, the default one's.
    """
    projects = permissions.readable_projects(request.caller, project_id)
    zone = calendar.zone_of(projects, request.caller)
    told = summary.summary(projects, days=days, zone=zone)
    counts = [{"date": day.date, "total": day.total, "by_type": day.by_type} for day in told.days]
    return {
        "compliance_rate": told.compliance_rate,
        "total_events": told.total_events,
        "unresolved_count": told.unresolved_count,
        "unresolved_before_window": told.unresolved_before,
        "daily_counts": counts,
        "days": days,
        "time_zone": told.time_zone,
    }
