"""The bell that anchors the audit chains."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.conf import settings

from awooop import tenancy
from awooop.actions import audit_anchors
from awooop.audit_proof import outside
from awooop.errors import Conflict
from awooop.tasks import Result, task

log = structlog.get_logger(__name__)


@task("audit.anchor")
def anchor() -> Result:
    """Anchor each chain that has grown, and write the copies outside.

    A broken chain is not anchored and fails the task, after the others had their turn.
    """
    with tenancy.all_projects() as projects:
        pass
    due = timedelta(minutes=settings.AUDIT_ANCHOR_MINUTES)
    made, errors = 0, []
    for project in projects:
        try:
            with tenancy.scope([project]):
                made += audit_anchors.anchor(project, older_than=due) is not None
        except Conflict as broken:
            errors.append(broken.detail)
            log.error("audit_chain_broken", project_id=project, detail=broken.detail)
    kept, failed = outside.deliver(projects)
    if errors or failed:
        raise RuntimeError("; ".join([*errors, *failed]))
    return {"anchored": made, **kept}
