"""Run the self-checks because a person or an integration asks."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from awooop import permissions
from awooop.callers import Caller
from awooop.errors import NotAllowed
from awooop.models import Project
from governance.actions import self_check
from governance.actions.self_check import Asked

OPERATION = "governance.act"


def ask(
    *,
    by: Caller,
    trigger: str,
    project_id: str | None = None,
    check: str | None = None,
    alert: bool = True,
) -> Asked:
    """Run the checks over the named project, or over every active one in which `by` may act.

    Raises NotFound or NotAllowed for the project, NotAllowed where there is none, Invalid for an
    unknown check or a project that is switched off.
    """
    projects = [project_id] if project_id else _governed(by)
    if project_id:
        permissions.check_can(by, OPERATION, project_id)
    return self_check.run(by=by, trigger=trigger, project_ids=projects, check=check, alert=alert)


def _governed(by: Caller) -> list[str]:
    may = [project for project in by.projects if permissions.can(by, OPERATION, project)]
    if not may:
        raise NotAllowed(
            _("You may do this in none of your projects (%(operation)s).")
            % {"operation": OPERATION}
        )
    rows = Project.objects.filter(project_id__in=may, is_active=True).order_by("project_id")
    return list(rows.values_list("project_id", flat=True))


def told(asked: Asked) -> dict[str, Any]:
    """Answer what was asked as the API and the command's `--json` tell it."""
    return {
        "results": {project: asked.results(project) for project in asked.projects},
        "skipped": list(asked.skipped),
        "errors": asked.errors,
        "timings_ms": asked.timings_ms,
        "opened": [str(event.pk) for event in asked.opened],
        "resolved": [str(event.pk) for event in asked.resolved],
    }
