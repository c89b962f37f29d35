"""The nightly bell."""

from __future__ import annotations

from awooop import callers, tenancy
from awooop.retention import pruning
from awooop.tasks import Result, task

# Well within the cluster's time for a task; what is left is taken up the next night.
BUDGET_S = 200


@task("retention.prune")
def prune() -> Result:
    """Delete what is older than its retention, as far as the time goes."""
    with tenancy.all_projects() as projects:
        by = callers.system("retention", projects)
    pruned = pruning.prune(by=by, budget_s=BUDGET_S)
    if pruned.failed:
        names = sorted({walk.rule.name for walk in pruned.failed})
        raise RuntimeError(f"could not prune {', '.join(names)}: {pruned.failed[0].error}")
    return {"finished": pruned.is_finished, "deleted": dict(pruned.deleted)}
