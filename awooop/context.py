"""What every page gets: the navigation, the projects, who reads."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from awooop import navigation
from awooop.callers import Caller
from awooop.models import Project


def console(request: HttpRequest) -> dict[str, Any]:
    """Answer the shell's data; an anonymous reader (login, errors) gets none of it."""
    caller = getattr(request, "caller", None)
    if caller is None:
        return {"caller": None, "nav": [], "projects": ()}
    return {
        "caller": caller,
        "nav": navigation.items(request),
        "projects": caller.projects,
        "banners": _banners(caller),
        "current_project": request.GET.get("project_id", ""),
    }


def _banners(caller: Caller) -> list[dict[str, str]]:
    """Say on each page which projects' history is invented."""
    demo = Project.objects.filter(project_id__in=caller.projects, is_demo=True)
    names = ", ".join(demo.order_by("project_id").values_list("project_id", flat=True))
    if not names:
        return []
    return [
        {
            "tone": "",
            "text": _("Demo data: the history of %(names)s is invented.") % {"names": names},
        }
    ]
