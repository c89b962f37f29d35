"""The page of callback replies: which button was answered, and what knowledge says to it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from awooop import paging, permissions
from awooop.errors import Invalid
from runs.filter_forms import CallbackFilterForm
from runs.selectors import callbacks
from runs.views.addresses import cleared

PER_PAGE = 50


@require_safe
def reply_list(request: HttpRequest) -> HttpResponse:
    """Replies to pressed buttons, newest first; the filters are the address."""
    projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    form = CallbackFilterForm(request.GET)
    context = {"form": form, "page": None, "clear_href": cleared(request)}
    if form.is_valid():
        try:
            asked = paging.parse_request(
                request.GET.get("page"), PER_PAGE, request.GET.get("cursor")
            )
            context["is_filtered"] = bool(form.filters.as_query())
            context["page"] = callbacks.page_of_replies(form.filters, projects, asked)
        except Invalid as invalid:
            form.refuse(invalid)
    status = 200 if context["page"] is not None else 422
    return render(request, "runs/callbacks.html", context, status=status)
