"""What was not delivered, and having it sent again."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from awooop import permissions
from awooop.paging import PageRequest
from awooop.rest import GOVERN, PROBLEMS, READ, Page, PerPage
from runs.actions import outbox as actions
from runs.api.base import router
from runs.schemas.outputs_outbox import Outbox, OutboxMessage
from runs.selectors import outbox


@router.get("/platform/outbox", response={200: Outbox, **PROBLEMS}, auth=READ, tags=["outbox"])
def list_undelivered(
    request: HttpRequest,
    project_id: str | None = None,
    status: str | None = None,
    message_type: str | None = None,
    channel: str | None = None,
    message_id: str | None = None,
    page: Page = 1,
    per_page: PerPage = 50,
    cursor: str | None = None,
):
    """Messages that nobody received, newest first: given up, failing, or late by two minutes.

    With `message_id` that one, whatever became of it.
    """
    projects = permissions.readable_projects(request.caller, project_id)
    filters = outbox.parse_filters(
        {
            "status": status,
            "message_type": message_type,
            "channel": channel,
            "message_id": message_id,
        }
    )
    found = outbox.undelivered(filters, projects, PageRequest(page, per_page, cursor or None))
    return {
        "messages": found.items,
        "channels": outbox.channels(),
        "total": found.total,
        "total_is_exact": found.total_is_exact,
        "page": found.page,
        "per_page": found.per_page,
        "next_cursor": found.next_cursor,
    }


@router.post(
    "/platform/messages/{message_id}/retry",
    response={200: OutboxMessage, **PROBLEMS},
    auth=GOVERN,
    tags=["outbox"],
)
def retry_message(request: HttpRequest, message_id: UUID):
    """Queue an undelivered message again, with fresh attempts; 409 where it was sent."""
    return actions.retry(by=request.caller, message_id=message_id)
