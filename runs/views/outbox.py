"""The outbox: what did not arrive, why, and one button to have it sent again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from awooop import listing, navigation, permissions
from awooop.errors import Conflict
from awooop.listing import export, pages
from runs import lists
from runs.actions import outbox as actions
from runs.filter_forms import OutboxFilterForm
from runs.selectors import outbox as selectors

_CSV = (
    "message_id", "project_id", "run_id", "message_type", "channel_type", "recipient",
    "content_preview", "send_status", "send_error", "attempt_count", "unknown_attempts",
    "next_attempt_at", "fallback_sent_at", "queued_at",
)  # fmt: skip


@require_safe
@listing.listed(lists.OUTBOX)
def undelivered(request: HttpRequest) -> HttpResponseBase:
    """What did not arrive, newest first; the filters are the address."""
    form = OutboxFilterForm(request.GET)

    def file(projects: Sequence[str]) -> HttpResponseBase:
        found = selectors.filtered(form.filters)
        rows = export.walk(projects, lambda _project: found, selectors.NEWEST, export.of(_CSV))
        return export.respond(request, "outbox", _CSV, rows)

    return pages.respond(
        request,
        "runs/outbox.html",
        form,
        read=lambda projects, asked: selectors.undelivered(form.filters, projects, asked),
        file=file,
        always=lambda projects: _health(request, projects),
    )


def _health(request: HttpRequest, projects: Sequence[str]) -> dict[str, Any]:
    may = {one for one in projects if permissions.can(request.caller, "message.retry", one)}
    return {
        "channels": selectors.channels(),
        "has_way": bool(settings.OUTBOX_CHANNELS or settings.FALLBACK_NOTIFY_URLS),
        "may_retry": may,
    }


@require_POST
def retry(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Queue one message again, and go back to the list."""
    try:
        actions.retry(by=request.caller, message_id=message_id)
    except Conflict as refused:
        messages.error(request, refused.detail)
    else:
        messages.success(request, _("It is queued again: it goes out at once if its channel can."))
    return redirect(_back_to(request))


def _back_to(request: HttpRequest) -> str:
    return navigation.way_back(request, request.POST.get("next", ""), reverse("outbox"))
