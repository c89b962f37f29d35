"""What every page gets: the navigation, the projects, who reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awooop import navigation, stop_views, stops, together
from awooop.callers import Caller
from awooop.models import Project, Stop

STOPS_NAMED = 3


def console(request: HttpRequest) -> dict[str, Any]:
    """Answer the shell's data; an anonymous reader (login, errors) gets none of it."""
    caller = getattr(request, "caller", None)
    if caller is None:
        return {"caller": None, "nav": [], "projects": ()}
    stopped, demo, counted = _read(caller)
    return {
        "caller": caller,
        "nav": navigation.items(request, counted),
        "projects": caller.projects,
        "open_stops": stopped,
        "kill_switch": _kill_switch(request, stopped),
        "banners": [*_stops(stopped), *_demo(demo)],
        "current_project": request.GET.get("project_id", ""),
    }


def _read(caller: Caller) -> tuple[list[Stop], list[str], dict[str, int]]:
    """Answer what is stopped, which projects are invented, and the navigation's numbers: one
    statement."""
    counts = navigation.counts(caller)
    stopped, invented, *numbers = together.read(
        stops.open_ones(caller.projects), _invented(caller.projects), *counts.values()
    )
    return stopped, invented, dict(zip(counts, numbers, strict=True))


@together.kept
def _invented(projects: Sequence[str]) -> together.Read:
    demo = Project.objects.filter(project_id__in=projects, is_demo=True)
    return together.objects(demo.order_by("project_id").values_list("project_id", flat=True))


def _kill_switch(request: HttpRequest, stopped: list[Stop]) -> dict[str, Any] | None:
    """Answer the control in the header, for those who may use it: it leads to the form, and where
    something is stopped already to what that is."""
    if not stop_views.may_place(request.caller):
        return None
    label = _("Kill switch")
    if stopped:
        label = ngettext("%(n)d stop", "%(n)d stops", len(stopped)) % {"n": len(stopped)}
    href = navigation.in_project(request, reverse("stops" if stopped else "stop-new"))
    return {"href": href, "label": label, "active": bool(stopped)}


def _stops(stopped: list[Stop]) -> list[dict[str, str]]:
    """Say on each page what is stopped where the reader can see: the widest first."""
    banners = [
        {
            "tone": "bad",
            "text": stops.told(stop),
            "href": reverse("stop", args=[stop.pk]),
            "label": _("What that means"),
        }
        for stop in stopped[:STOPS_NAMED]
    ]
    more = len(stopped) - STOPS_NAMED
    if more > 0:
        text = ngettext("%(n)d more stop.", "%(n)d more stops.", more) % {"n": more}
        banners.append(
            {"tone": "bad", "text": text, "href": reverse("stops"), "label": _("All of them")}
        )
    return banners


def _demo(projects: list[str]) -> list[dict[str, str]]:
    """Say on each page which projects' history is invented."""
    names = ", ".join(projects)
    if not names:
        return []
    return [
        {
            "tone": "",
            "text": _("Demo data: the history of %(names)s is invented.") % {"names": names},
        }
    ]
