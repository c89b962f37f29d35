"""What every write about one thing asks before its action: is it visible, is its project on?"""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from awooop import permissions
from awooop.callers import Caller
from awooop.errors import NotFound
from runs.actions.runs import check_project_is_active
from runs.models import Approval, Run


def check_run(by: Caller, run_id: UUID, named: str | None) -> None:
    """Raise NotFound unless the caller sees the run, Conflict if its project is off."""
    _check(by, Run.objects.filter(run_id=run_id), named, "run")


def check_approval(by: Caller, approval_id: UUID, named: str | None) -> None:
    """Raise NotFound unless the caller sees the approval, Conflict if its project is off."""
    _check(by, Approval.objects.filter(pk=approval_id), named, "approval")


def _check(by: Caller, rows: QuerySet, named: str | None, what: str) -> None:
    seen = permissions.readable_projects(by, named)
    project_id = rows.filter(project_id__in=seen).values_list("project_id", flat=True).first()
    if project_id is None:
        raise NotFound(f"No such {what}, or none that you may see.")
    check_project_is_active(project_id)
