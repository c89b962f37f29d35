"""One run with everything known of it. Imported last: see `runs.api`."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query

from awooop import permissions
from awooop.rest import PROBLEMS, READ
from runs.api.base import router
from runs.schemas.outputs_runs import RunDetail
from runs.selectors import run_detail, runs


@router.get("/platform/runs/{run_id}", response={200: RunDetail, **PROBLEMS}, auth=READ)
def get_run(
    request: HttpRequest,
    run_id: UUID,
    project_id: str | None = None,
    timeline_kind: Annotated[list[str] | None, Query()] = None,
    timeline_from: str = "start",
    timeline_cursor: str | None = None,
):
    """A run, its records and a page of its timeline, from its `start` or its `end`."""
    projects = permissions.readable_projects(request.caller, project_id)
    run = runs.find(run_id, projects)
    incidents = runs.linked_incidents([run])[run.run_id]
    return run_detail.detail(
        run,
        incidents,
        kinds=timeline_kind or (),
        cursor=timeline_cursor,
        end=timeline_from,
        prefix="timeline_",
    )
