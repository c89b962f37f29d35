"""The outbox: what did not arrive, why, and one button to have it sent again."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from awooop import navigation, paging, permissions
from awooop.errors import Conflict, Invalid
from runs.actions import outbox as actions
from runs.filter_forms import OutboxFilterForm
from runs.selectors import outbox as selectors
from runs.views.addresses import cleared

PER_PAGE = 50


@require_safe
def undelivered(request: HttpRequest) -> HttpResponse:
    """What did not arrive, newest first; the filters are the address."""
    projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    form = OutboxFilterForm(request.GET)
    context = {"form": form, "page": None, "clear_href": cleared(request)}
    if form.is_valid():
        try:
            asked = paging.parse_request(
                request.GET.get("page"), PER_PAGE, request.GET.get("cursor")
            )
            context["is_filtered"] = bool(form.filters.as_query())
            context["page"] = selectors.undelivered(form.filters, projects, asked)
        except Invalid as invalid:
            form.refuse(invalid)
    context["channels"] = selectors.channels()
    context["has_way"] = bool(settings.OUTBOX_CHANNELS or settings.FALLBACK_NOTIFY_URLS)
    context["may_retry"] = {
        project for project in projects if permissions.can(request.caller, "message.retry", project)
    }
    status = 200 if context["page"] is not None else 422
    return render(request, "runs/outbox.html", context, status=status)


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
