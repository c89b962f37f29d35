"""What the inbox and its history share: the tabs, the page asked for, the answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from awooop import navigation, paging


def framed(request: HttpRequest, context: dict[str, Any], tab: str, count: int) -> dict[str, Any]:
    """Answer the context with the tabs; `count` is how many wait."""
    base = reverse("approvals")
    here = navigation.in_project(request, base)
    past = navigation.in_project(request, base, tab="history")
    tabs = [
        {"href": here, "label": _("Waiting"), "active": tab == "waiting", "count": count},
        {"href": past, "label": _("History"), "active": tab == "history"},
    ]
    return {**context, "tabs": tabs, "waiting_count": count}


def respond(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Answer a page, or a part of it, which depends on who asks for it."""
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def asked(request: HttpRequest, per_page: int) -> paging.PageRequest:
    """Answer which page is asked for; raises Invalid."""
    return paging.parse_request(
        request.GET.get("page"), request.GET.get("per_page", per_page), request.GET.get("cursor")
    )
