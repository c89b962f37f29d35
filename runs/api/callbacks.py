"""The evidence that Telegram buttons were answered."""

from __future__ import annotations

from django.http import HttpRequest

from awooop import permissions
from awooop.paging import PageRequest
from awooop.rest import PROBLEMS, READ, Page, PerPage
from runs.api.base import router
from runs.schemas.outputs_callbacks import CallbackReplies
from runs.selectors import callbacks


@router.get(
    "/platform/runs/callback-replies", response={200: CallbackReplies, **PROBLEMS}, auth=READ
)
def list_callback_replies(
    request: HttpRequest,
    project_id: str | None = None,
    incident_id: str | None = None,
    callback_reply_status: str | None = None,
    page: Page = 1,
    per_page: PerPage = 50,
    cursor: str | None = None,
):
    """Answers to pressed buttons, newest first, with what owner review says of their incidents."""
    projects = permissions.readable_projects(request.caller, project_id)
    filters = callbacks.parse_filters(
        {"incident_id": incident_id, "callback_reply_status": callback_reply_status}
    )
    found = callbacks.page_of_replies(
        filters, projects, PageRequest(page, per_page, cursor or None)
    )
    return {
        "items": found.items,
        "total": found.total,
        "total_is_exact": found.total_is_exact,
        "page": found.page,
        "per_page": found.per_page,
        "next_cursor": found.next_cursor,
    }
