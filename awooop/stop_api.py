"""The kill switch by API: what is stopped, stop something, lift it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field, StringConstraints

from awooop import permissions, stops
from awooop.actions import stops as actions
from awooop.errors import Invalid
from awooop.rest import GOVERN, PROBLEMS, READ, Answer, Body, ProjectId

router = Router(tags=["kill switch"])
Reason = Annotated[str, StringConstraints(min_length=1, max_length=actions.REASON_AT_MOST)]
Name = Annotated[str, StringConstraints(max_length=actions.NAME_AT_MOST)]


class StopOut(Answer):
    """A stop; `project_id` null: of every project. It holds until `lifted_at`."""

    stop_id: UUID
    scope: str
    project_id: str | None
    agent_id: str
    tool_name: str
    reason: str
    stopped_by: str
    stopped_at: datetime
    lifted_at: datetime | None
    lifted_by: str
    lift_reason: str


class StopsOut(Answer):
    stops: list[StopOut]
    total: int


class StopIn(Body):
    """What to stop: an agent, a tool, or (neither) all of the project."""

    project_id: ProjectId | None = Field(
        None, description="Absent: the key's own project. See `every_project`."
    )
    every_project: bool = Field(
        False, description="In every project at once: for a key of every project."
    )
    agent_id: Name = ""
    tool_name: Name = ""
    reason: Reason


class LiftIn(Body):
    """Why what was stopped may go on."""

    reason: Reason


@router.get("/platform/stops", response={200: StopsOut, **PROBLEMS}, auth=READ)
def list_stops(
    request: HttpRequest,
    project_id: str | None = None,
    status: Literal["open", "lifted"] = "open",
):
    """What is stopped now, those of every project included; or the newest that were lifted."""
    projects = permissions.readable_projects(request.caller, project_id)
    rows = stops.open_in(projects) if status == "open" else stops.history(projects)
    return {"stops": rows, "total": len(rows)}


@router.post("/platform/stops", response={201: StopOut, **PROBLEMS}, auth=GOVERN)
def place_stop(request: HttpRequest, body: StopIn):
    """Stop a project, an agent or a tool: once answered, nothing of it is admitted any more."""
    by = request.caller
    project_id = None
    if not body.every_project:
        project_id = permissions.writable_project(by, body.project_id)
    elif body.project_id is not None:
        raise Invalid({"project_id": "must be absent where every_project is true"})
    target = actions.Target(project_id, body.agent_id, body.tool_name)
    return Status(201, actions.place(by=by, target=target, reason=body.reason))


@router.post("/platform/stops/{stop_id}/lift", response={200: StopOut, **PROBLEMS}, auth=GOVERN)
def lift_stop(request: HttpRequest, stop_id: UUID, body: LiftIn):
    """Let what was stopped go on."""
    return actions.lift(by=request.caller, stop_id=stop_id, reason=body.reason)
