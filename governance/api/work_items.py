"""Work items: every gap in the evidence, with the place where it is mended."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest

from awooop import permissions
from awooop.clock import now
from awooop.rest import PROBLEMS, READ
from governance import work_items
from governance.api.base import router
from governance.schemas.work_items import WorkItems
from governance.work_items.listing import STATUSES


@router.get(
    "/platform/work-items", response={200: WorkItems, **PROBLEMS}, auth=READ, tags=["platform"]
)
def list_work_items(request: HttpRequest, project_id: str | None = None):
    """One row for each kind of gap, over the project or every visible one. A source that cannot be
    read makes its row `blocked` and leaves the others."""
    projects = permissions.readable_projects(request.caller, project_id)
    rows = work_items.rows(projects, project_id=project_id or None)
    counts = Counter(row["status"] for row in rows)
    return {
        "items": rows,
        "total": len(rows),
        "counts": {status: counts[status] for status in STATUSES},
        "project_id": project_id or None,
        "generated_at": now(),
        "writes_on_read": False,
    }
