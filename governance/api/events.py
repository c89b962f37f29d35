"""Governance events: the list, and resolving one."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from awooop import permissions
from awooop.paging import PageRequest
from awooop.rest import GOVERN, PROBLEMS, READ, Page, PerPage
from governance.actions import events as actions
from governance.api.base import listed, router
from governance.schemas.inputs import ResolveIn
from governance.schemas.outputs import Event, Events
from governance.selectors import events


@router.get("/ai/governance/events", response={200: Events, **PROBLEMS}, auth=READ)
def list_events(
    request: HttpRequest,
    project_id: str | None = None,
    event_type: str | None = None,
    severity: str | None = None,
    resolved: str | None = None,
    page: Page = 1,
    size: PerPage = 50,
    cursor: str | None = None,
):
    """What the self-checks found, newest first; `resolved` is `true` or `false`."""
    projects = permissions.readable_projects(request.caller, project_id)
    given = {"event_type": event_type, "severity": severity, "resolved": resolved}
    asked = PageRequest(page, size, cursor or None)
    found = events.newest(projects, events.parse_filters(given), asked)
    return listed(found, [events.as_row(event) for event in found.items])


@router.post(
    "/ai/governance/events/{governance_event_id}/resolve",
    response={200: Event, **PROBLEMS},
    auth=GOVERN,
)
def resolve_event(request: HttpRequest, governance_event_id: UUID, body: ResolveIn):
    """Resolve an event by hand, with a note; 409 where it is resolved."""
    event = actions.resolve(by=request.caller, event_id=governance_event_id, note=body.note)
    events.add_dispatches([event])
    return events.as_row(event)
