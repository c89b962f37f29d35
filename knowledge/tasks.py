"""What the cluster rings for: each looks now, and is safe to run twice."""

from __future__ import annotations

from awooop import callers, tenancy
from awooop.tasks import Result, task
from knowledge.actions import rechecks, review_drafts


@task("knowledge.hermes")
def hermes() -> Result:
    """Write the review drafts that are asked for, and measure again what was reviewed."""
    with tenancy.all_projects() as projects:
        by = callers.system("hermes", projects)
    drafted = review_drafts.draft_waiting(by=by)
    return {**drafted, "rechecked": rechecks.run_waiting(by=by)}
