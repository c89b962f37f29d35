"""The list of runs."""

from __future__ import annotations

from django.http import HttpRequest

from awooop import permissions
from awooop.paging import PageRequest
from awooop.rest import PROBLEMS, READ, Page, PerPage
from runs.api.base import router
from runs.schemas.outputs_runs import Runs
from runs.selectors import remediation, runs

_ROW_FIELDS = (
    "run_id", "project_id", "agent_id", "state", "is_shadow", "cost_usd", "step_count",
    "created_at", "timeout_at",
)  # fmt: skip


@router.get("/platform/runs", response={200: Runs, **PROBLEMS}, auth=READ)
def list_runs(
    request: HttpRequest,
    project_id: str | None = None,
    state: str | None = None,
    agent_id: str | None = None,
    remediation_status: str | None = None,
    incident_id: str | None = None,
    q: str | None = None,
    page: Page = 1,
    per_page: PerPage = 50,
    cursor: str | None = None,
):
    """Runs, newest first.

    `q` finds, in this order: an incident's id; eight or more first digits of a run's id; an agent's
    whole name; the start of a `trigger_ref`.
    """
    projects = permissions.readable_projects(request.caller, project_id)
    filters = runs.parse_filters(
        {
            "state": state,
            "agent_id": agent_id,
            "remediation_status": remediation_status,
            "incident_id": incident_id,
            "q": q,
        }
    )
    found = runs.page_of_runs(filters, projects, PageRequest(page, per_page, cursor or None))
    summaries = remediation.summaries(found.items)
    return {
        "runs": [
            {name: getattr(run, name) for name in _ROW_FIELDS}
            | {"remediation_summary": summaries[run.run_id]}
            for run in found.items
        ],
        "total": found.total,
        "total_is_exact": found.total_is_exact,
        "page": found.page,
        "per_page": found.per_page,
        "next_cursor": found.next_cursor,
    }
