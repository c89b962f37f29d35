"""What the cluster rings for: each looks now, and is safe to run twice."""

from __future__ import annotations

from awooop import callers, tenancy
from awooop.tasks import Result, task
from governance.actions import self_check as checking
from governance.models import CheckTrigger


@task("governance.self_check")
def self_check() -> Result:
    """Run every check over every active project that was not checked within the hour."""
    with tenancy.all_projects() as projects:
        by = callers.system("governance self-check", projects)
    asked = checking.run(by=by, trigger=CheckTrigger.SCHEDULE)
    return {
        "projects": len(asked.projects),
        "skipped": len(asked.skipped),
        "errors": asked.errors,
        "opened": len(asked.opened),
        "resolved": len(asked.resolved),
    }
