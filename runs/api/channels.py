"""The list of inbound channel events."""

from __future__ import annotations

from django.http import HttpRequest

from awooop import permissions
from awooop.paging import PageRequest
from awooop.rest import PROBLEMS, READ
from runs.api.base import router
from runs.schemas.outputs_runs import ChannelEvents
from runs.selectors import channels


@router.get("/platform/channel-events", response={200: ChannelEvents, **PROBLEMS}, auth=READ)
def list_channel_events(
    request: HttpRequest,
    project_id: str | None = None,
    channel_type: str | None = None,
    provider_prefix: str | None = None,
    limit: int = channels.LIMIT,
    cursor: str | None = None,
):
    """Inbound events, newest first; `limit` is brought within 1 and 100."""
    projects = permissions.readable_projects(request.caller, project_id)
    filters = channels.parse_filters(
        {"channel_type": channel_type, "provider_prefix": provider_prefix}
    )
    request_of_page = PageRequest(per_page=channels.clamp_limit(limit), cursor=cursor or None)
    page = channels.page_of_events(filters, projects, request_of_page)
    return {
        "events": page.items,
        "total": page.total,
        "total_is_exact": page.total_is_exact,
        "limit": page.per_page,
        "next_cursor": page.next_cursor,
    }
