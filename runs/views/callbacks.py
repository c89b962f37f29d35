"""The page of callback replies: which button was answered, and what knowledge says to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from awooop import listing
from awooop.listing import export, pages
from runs import lists
from runs.filter_forms import CallbackFilterForm
from runs.models import OutboundMessage
from runs.selectors import callbacks

_CSV = (
    "message_id", "project_id", "run_id", "incident_id", "action", "status", "content_preview",
    "owner_review", "work_item_id", "event_at",
)  # fmt: skip


@require_safe
@listing.listed(lists.CALLBACKS)
def reply_list(request: HttpRequest) -> HttpResponseBase:
    """Replies to pressed buttons, newest first; the filters are the address."""
    form = CallbackFilterForm(request.GET)

    def file(projects: Sequence[str]) -> HttpResponseBase:
        found = callbacks.filtered(form.filters)
        rows = export.walk(projects, lambda _project: found, callbacks.NEWEST, _csv_rows)
        return export.respond(request, "callback-replies", _CSV, rows)

    return pages.respond(
        request,
        "runs/callbacks.html",
        form,
        read=lambda projects, asked: callbacks.page_of_replies(form.filters, projects, asked),
        file=file,
    )


def _csv_rows(batch: list[OutboundMessage]) -> Iterator[dict[str, Any]]:
    for row in callbacks.as_rows(batch):
        summary = row["km_stale_completion_summary"]
        item = summary["work_item"] or {}
        about = {"owner_review": summary["status"], "work_item_id": item.get("work_item_id")}
        yield {**row, **about}
