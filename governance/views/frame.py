"""The page `/governance`: a frame around its tabs.

A tab is one function in a file of its own, one template, and one line of TABS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from awooop import permissions
from awooop.errors import Invalid
from awooop.listing import Listing, State, begin
from governance import lists, nav
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

    The function is `(request, projects, **attempt) -> Shown`, or a file; `attempt` is what a
    refused POST hands on, so that the form shows what was typed.
    """

    label: str | Promise
    path: str
    template: str
    count: Count | None = None
    listing: Listing | None = None


TABS: Mapping[str, Tab] = {
    "events": Tab(
        nav.TABS["events"],
        "governance.views.events.tab",
        "governance/events.html",
        events.count_pressing,
        lists.EVENTS,
    ),
    "queue": Tab(
        nav.TABS["queue"],
        "governance.views.queue.tab",
        "governance/queue.html",
        queue.count_active,
        lists.QUEUE,
    ),
    "summary": Tab(nav.TABS["summary"], "governance.views.summary.tab", "governance/summary.html"),
    "slo": Tab(nav.TABS["slo"], "governance.views.slo.tab", "governance/slo.html"),
    "drift": Tab(
        nav.TABS["drift"], "governance.views.drift.tab", "governance/drift.html", None, lists.DRIFT
    ),
    "checks": Tab(nav.TABS["checks"], "governance.views.checks.tab", "governance/checks.html"),
}
DEFAULT = "events"


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """The chosen tab; raises Invalid for one that there is not."""
    name = request.GET.get("tab") or DEFAULT
    if name not in TABS:
        raise Invalid({"tab": _("must be one of: %(allowed)s") % {"allowed": ", ".join(TABS)}})
    known = TABS[name].listing
    return (begin(request, known) if known else None) or show(request, name)


def show(request: HttpRequest, name: str, **attempt: Any) -> HttpResponseBase:
    """Answer a tab within the frame; raises NotFound for a project that is not visible."""
    projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    tab = TABS[name]
    if tab.listing:
        request.listing = State(request, tab.listing)
    shown = import_string(tab.path)(request, projects, **attempt)
    if isinstance(shown, HttpResponseBase):  # a file
        return shown
    is_list = tab.listing is not None and "page" in shown.context
    context = {**shown.context, "tab": name, "tab_label": tab.label, "is_list": is_list}
    context["is_live"] = is_list and shown.status == 200 and request.listing.is_first_page
    is_part = is_list and request.htmx and not request.htmx.boosted
    if not is_part:
        context["tabs"] = _tabs(request, projects, name)
    template = f"{tab.template}#table" if is_part else tab.template
    response = render(request, template, context, status=shown.status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def in_list(request: HttpRequest, name: str, ident: Any) -> None:
    """Let one card that htmx gets anew show the facts that the reader chose for the list; where
    it is shown by itself, it shows all."""
    if str(ident) not in (request.htmx.current_url or ""):
        request.listing = State(request, TABS[name].listing)


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
