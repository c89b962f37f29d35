"""The tab of governance events, and resolving one in place."""

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
from governance.actions import events as actions
from governance.forms import EventFilterForm
from governance.selectors import events
from governance.views import frame, lists
from governance.views.frame import Shown
from governance.wording import word

_ONE = "governance/_event.html"

_CSV = (
    "id", "project_id", "event_type", "subject", "severity", "triggered_at", "last_seen_at",
    "occurrences", "resolved", "resolved_at", "resolved_by", "resolution_note", "impact",
    "remediation",
)  # fmt: skip


def tab(request: HttpRequest, projects: Sequence[str], **attempt: Any) -> Shown | HttpResponseBase:
    """Events, newest first; `event_id` shows one alone, which is its permalink."""
    event_id = attempt.pop("event_id", None) or lists.uuid_of(request, "event_id")
    if event_id is not None:
        event = events.get(projects, event_id)
        return Shown({"events": [event], "pinned": event, **attempt}, attempt.get("status", 200))
    form = EventFilterForm(request.GET)
    context = {"form": form, "page": None, "clear_href": cleared(request)}
    if form.is_valid():
        try:
            if export.is_wanted(request):
                found = events.filtered(form.filters)
                return lists.file(
                    request, "governance-events", _CSV, projects, found, events.NEWEST
                )
            page = events.newest(projects, form.filters, lists.page_request(request))
            context |= {"page": page, "events": page.items, "is_filtered": form.filters.is_set}
            context["counts"] = events.open_counts(projects)
        except Invalid as invalid:
            form.refuse(invalid)
    return Shown(context, 200 if context["page"] is not None else 422)


@require_http_methods(["GET", "HEAD", "POST"])
def resolve(request: HttpRequest, governance_event_id: UUID) -> HttpResponse:
    """Resolve an event; a refusal shows the event as it is, and what was typed."""
    href = frame.address(request, "events", event_id=governance_event_id)
    if request.method != "POST":
        return redirect(href)
    note = request.POST.get("note", "")
    try:
        event = actions.resolve(by=request.caller, event_id=governance_event_id, note=note)
    except (Invalid, Conflict) as refused:
        return _refused(request, governance_event_id, lists.attempted(refused, note))
    if request.htmx:
        events.add_dispatches([event])
        frame.in_list(request, "events", event.pk)
        return render(request, _ONE, {"event": event})
    messages.success(request, _("Resolved: %(what)s.") % {"what": word(event.event_type)})
    return redirect(href)


def _refused(request: HttpRequest, event_id: UUID, attempt: dict[str, Any]) -> HttpResponse:
    if not request.htmx:
        return frame.show(request, "events", event_id=event_id, **attempt)
    event = events.get(request.caller.projects, event_id)
    frame.in_list(request, "events", event_id)
    return render(request, _ONE, {"event": event, **attempt}, status=attempt["status"])
