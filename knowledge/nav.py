"""The places of this room in the console's navigation, and the tabs between its own pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from awooop import navigation
from knowledge.selectors import reviews

# The name of each page's URL, and its label.
PAGES = {
    "knowledge": _("Entries"),
    "knowledge-stale": _("Stale"),
    "knowledge-reviews": _("Reviews"),
    "knowledge-drafts": _("Drafts"),
    "knowledge-burn-down": _("Burn-down"),
}


def register() -> None:
    """Register them; called once, when the app is ready."""
    navigation.add("knowledge", _("Knowledge"), 40)
    for name, label in PAGES.items():
        navigation.add_inner(name, label, _("Knowledge"))


def tabs(request: HttpRequest, here: str, project_id: str = "") -> list[dict[str, Any]]:
    """Answer the tabs of the knowledge pages; the chosen project stays chosen on the way.

    Reviews say how many wait for their owners: one statement.
    """
    named = project_id or request.GET.get("project_id", "")
    projects = (named,) if named in request.caller.projects else request.caller.projects
    counts = {"knowledge-reviews": reviews.count_waiting(projects) or None}
    return [
        {
            "href": navigation.in_project(request, reverse(name)),
            "label": label,
            "active": name == here,
            "count": counts.get(name),
        }
        for name, label in PAGES.items()
    ]
