"""The tab of the queue, and the verbs that move a dispatch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from awooop.errors import Conflict, Invalid
from awooop.listing import cleared, export
from awooop.ui_status import STATUSES, look_of
from governance.actions import dispatches
from governance.forms import QueueFilterForm
from governance.selectors import queue
from governance.views import frame, lists
from governance.views.frame import Shown

_ONE = "governance/_dispatch.html"

_CSV = (
    "id", "project_id", "governance_event_id", "event_type", "subject", "dispatch_status",
    "executor_type", "proposed_action", "owner", "operator_note", "attempt_count", "created_at",
    "dispatched_at", "started_at", "completed_at",
)  # fmt: skip


def tab(request: HttpRequest, projects: Sequence[str], **attempt: Any) -> Shown | HttpResponseBase:
    """Dispatches, newest first; `dispatch_id` shows one alone, which is its permalink."""
    dispatch_id = attempt.pop("dispatch_id", None) or lists.uuid_of(request, "dispatch_id")
    if dispatch_id is not None:
        one = queue.get(projects, dispatch_id)
        return Shown({"dispatches": [one], "pinned": one, **attempt}, attempt.get("status", 200))
    form = QueueFilterForm(request.GET)
    context = {"form": form, "page": None, "clear_href": cleared(request)}
    if form.is_valid():
        try:
            if export.is_wanted(request):
                found = queue.filtered(form.filters)
                return lists.file(request, "queue", _CSV, projects, found, queue.NEWEST)
            page = queue.newest(projects, form.filters, lists.page_request(request))
            context |= {"page": page, "dispatches": page.items, "is_filtered": form.filters.is_set}
        except Invalid as invalid:
            form.refuse(invalid)
    return Shown(context, 200 if context["page"] is not None else 422)


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, dispatch_id: UUID, verb: str) -> HttpResponse:
    """Move a dispatch; a refusal shows it as it is, and what was typed."""
    href = frame.address(request, "queue", dispatch_id=dispatch_id)
    if request.method != "POST":
        return redirect(href)
    note = request.POST.get("note", "")
    try:
        moved = dispatches.act(by=request.caller, dispatch_id=dispatch_id, verb=verb, note=note)
    except (Invalid, Conflict) as refused:
        return _refused(request, dispatch_id, lists.attempted(refused, note))
    if request.htmx:
        frame.in_list(request, "queue", dispatch_id)
        return render(request, _ONE, {"dispatch": moved})
    status = look_of(STATUSES, moved.dispatch_status).label
    messages.success(request, _("The dispatch is now: %(status)s.") % {"status": status})
    return redirect(href)


def _refused(request: HttpRequest, dispatch_id: UUID, attempt: dict[str, Any]) -> HttpResponse:
    if not request.htmx:
        return frame.show(request, "queue", dispatch_id=dispatch_id, **attempt)
    dispatch = queue.get(request.caller.projects, dispatch_id)
    frame.in_list(request, "queue", dispatch_id)
    return render(request, _ONE, {"dispatch": dispatch, **attempt}, status=attempt["status"])
