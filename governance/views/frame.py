"""The page `/governance`: a frame around its tabs.

A tab is one function in a file of its own, one template, and one line of TABS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from awooop import permissions
from awooop.errors import Invalid
from governance import nav
from governance.selectors import events, queue

Count = Callable[[Sequence[str]], int]


@dataclass(frozen=True)
class Shown:
    """What a tab shows: its context, and the status of the answer."""

    context: dict[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True)
class Tab:
    """A tab: its label, the dotted path of its function, its template and what waits in it.

    The function is `(request, projects, **attempt) -> Shown`; `attempt` is what a refused POST
    hands on, so that the form shows what was typed.
    """

    label: str | Promise
    path: str
    template: str
    count: Count | None = None


TABS: Mapping[str, Tab] = {
    "events": Tab(
        nav.TABS["events"],
        "governance.views.events.tab",
        "governance/events.html",
        events.count_pressing,
    ),
    "queue": Tab(
        nav.TABS["queue"], "governance.views.queue.tab", "governance/queue.html", queue.count_active
    ),
    "summary": Tab(nav.TABS["summary"], "governance.views.summary.tab", "governance/summary.html"),
    "slo": Tab(nav.TABS["slo"], "governance.views.slo.tab", "governance/slo.html"),
    "drift": Tab(nav.TABS["drift"], "governance.views.drift.tab", "governance/drift.html"),
    "checks": Tab(nav.TABS["checks"], "governance.views.checks.tab", "governance/checks.html"),
}
DEFAULT = "events"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The chosen tab; raises Invalid for one that there is not."""
    name = request.GET.get("tab") or DEFAULT
    if name not in TABS:
        raise Invalid({"tab": _("must be one of: %(allowed)s") % {"allowed": ", ".join(TABS)}})
    return show(request, name)


def show(request: HttpRequest, name: str, **attempt: Any) -> HttpResponse:
    """Answer a tab within the frame; raises NotFound for a project that is not visible."""
    projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    tab = TABS[name]
    shown: Shown = import_string(tab.path)(request, projects, **attempt)
    context = {**shown.context, "tab": name, "tab_label": tab.label}
    context["tabs"] = _tabs(request, projects, name)
    response = render(request, tab.template, context, status=shown.status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def address(request: HttpRequest, name: str, **query: Any) -> str:
    """Answer a tab's address; the chosen project stays."""
    kept = {"tab": name, "project_id": request.GET.get("project_id"), **query}
    return f"{reverse('governance')}?{urlencode({k: v for k, v in kept.items() if v})}"


def _tabs(request: HttpRequest, projects: Sequence[str], here: str) -> list[dict[str, Any]]:
    return [
        {
            "href": address(request, name),
            "label": tab.label,
            "active": name == here,
            "count": (tab.count(projects) or None) if tab.count else None,
        }
        for name, tab in TABS.items()
    ]
