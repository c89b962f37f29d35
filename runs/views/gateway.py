"""The pages of the gateway: the calls that asked it, and why one was refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from awooop import paging, permissions
from awooop.errors import Invalid
from runs.filter_forms import CallFilterForm
from runs.selectors import gateway as selectors
from runs.views import gateway_steps
from runs.views.addresses import cleared

PER_PAGE = 50


@require_safe
def call_list(request: HttpRequest) -> HttpResponse:
    """Calls that asked the gateway, newest first; the filters are the address."""
    projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    form = CallFilterForm(request.GET)
    page = None
    if form.is_valid():
        try:
            given = request.GET
            asked = paging.parse_request(given.get("page"), PER_PAGE, given.get("cursor"))
            page = selectors.page_of_calls(form.filters, projects, asked)
        except Invalid as invalid:
            form.refuse(invalid)
    return _list_page(request, {"form": form, "page": page})


def _list_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    is_fragment = request.htmx and not request.htmx.boosted
    template = "runs/gateway.html#table" if is_fragment else "runs/gateway.html"
    is_first = not request.GET.keys() & {"cursor", "page"}
    is_there = context["page"] is not None
    context |= {"is_live": is_first and is_there, "clear_href": cleared(request)}
    response = render(request, template, context, status=200 if is_there else 422)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def call_detail(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """One call: what each gate said, why it was refused, and what would make it pass."""
    call = selectors.find(call_id, request.caller.projects)
    hints, is_contradiction = gateway_steps.hints(call)
    context = {
        "call": call,
        "run": call.run,
        "steps": gateway_steps.steps(call),
        "approval_id": gateway_steps.approval_of(call),
        "hints": list(hints.items()),  # a member may be called `items`
        "hints_contradict": is_contradiction,
    }
    return render(request, "runs/gateway_call.html", context)
