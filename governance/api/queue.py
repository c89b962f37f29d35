"""The queue of dispatches, and the verbs that move one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from awooop import permissions
from awooop.paging import PageRequest
from awooop.rest import GOVERN, PROBLEMS, READ, Page, PerPage
from governance.actions import dispatches
from governance.api.base import listed, router
from governance.schemas.inputs import DispatchNoteIn
from governance.schemas.outputs import Queue, QueuedDispatch
from governance.selectors import queue


@router.get("/ai/governance/queue", response={200: Queue, **PROBLEMS}, auth=READ)
def list_queue(
    request: HttpRequest,
    project_id: str | None = None,
    dispatch_status: str | None = None,
    event_type: str | None = None,
    executor_type: str | None = None,
    page: Page = 1,
    size: PerPage = 50,
    cursor: str | None = None,
):
    """Dispatches, newest first."""
    projects = permissions.readable_projects(request.caller, project_id)
    filters = queue.parse_filters(
        {
            "dispatch_status": dispatch_status,
            "event_type": event_type,
            "executor_type": executor_type,
        }
    )
    found = queue.newest(projects, filters, PageRequest(page, size, cursor or None))
    rows = listed(found, [queue.as_row(dispatch) for dispatch in found.items])
    return {**rows, "table_pending": False}


def _operation(verb: str) -> Callable[..., Any]:
    def move(request: HttpRequest, dispatch_id: UUID, body: DispatchNoteIn | None = None):
        note = body.note if body else ""
        moved = dispatches.act(by=request.caller, dispatch_id=dispatch_id, verb=verb, note=note)
        return queue.as_row(moved)

    status = dispatches.ACTS[verb].value
    move.__doc__ = f"Bring a dispatch to `{status}`, or 409 where its path does not lead there."
    return move


for _verb in dispatches.ACTS:
    router.post(
        f"/ai/governance/queue/{{dispatch_id}}/{_verb}",
        response={200: QueuedDispatch, **PROBLEMS},
        auth=GOVERN,
        operation_id=f"governance_dispatch_{_verb}",
        summary=f"{_verb.capitalize()} a dispatch",
    )(_operation(_verb))
