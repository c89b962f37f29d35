"""The page of inbound channel events."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from awooop import listing
from awooop.listing import export, pages
from runs import lists
from runs.filter_forms import EventFilterForm
from runs.selectors import channels

_CSV = (
    "event_id", "project_id", "run_id", "channel_type", "provider_event_id", "channel_chat_id",
    "content_preview", "is_duplicate", "is_refused", "received_at",
)  # fmt: skip


@require_safe
@listing.listed(lists.EVENTS)
def event_list(request: HttpRequest) -> HttpResponseBase:
    """Inbound events, newest first; the filters are the address."""
    form = EventFilterForm(request.GET)

    def file(projects: Sequence[str]) -> HttpResponseBase:
        found = channels.filtered(form.filters)
        rows = export.walk(projects, lambda _project: found, channels.NEWEST, export.of(_CSV))
        return export.respond(request, "channel-events", _CSV, rows)

    return pages.respond(
        request,
        "runs/channel_events.html",
        form,
        read=lambda projects, asked: channels.page_of_events(form.filters, projects, asked),
        file=file,
    )
