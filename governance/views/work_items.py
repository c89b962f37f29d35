"""The page of work items, grouped by status."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from awooop import listing, permissions
from awooop.listing import export
from awooop.listing.state import show
from governance import lists, work_items
from governance.work_items.listing import BLOCKED, DONE, IN_PROGRESS, WATCHING

_CSV = ("id", "kind", "title", "gate", "status", "evidence", "next_step", "owner", "updated_at")
# status -> its heading, and what it means
GROUPS = {
    BLOCKED: (_("Blocked"), _("The source could not be read: nothing is known.")),
    IN_PROGRESS: (_("In progress"), _("Gaps are open.")),
    WATCHING: (_("Watching"), _("The source is read and has no gap.")),
    DONE: (_("Done"), _("Closed for good.")),
}
OWNERS = {
    "operator": _("Operator"),
    "knowledge_owner": _("Knowledge owner"),
    "project_admin": _("Project administrator"),
}


@require_safe
@listing.listed(lists.WORK_ITEMS)
def page(request: HttpRequest) -> HttpResponseBase:
    """Every work item of the chosen project, or of all."""
    chosen = request.GET.get("project_id") or None
    projects = permissions.readable_projects(request.caller, chosen)
    if export.is_wanted(request):
        read = partial(work_items.rows, projects, project_id=chosen)
        return export.respond(request, "work-items", _CSV, export.once(projects, read))
    rows = work_items.rows(projects, project_id=chosen)
    groups = [_group(status, rows) for status in GROUPS]
    context = {"groups": [group for group in groups if group["rows"]], "total": len(rows)}
    return show(request, "governance/work_items.html", context)


def _group(status: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    label, meaning = GROUPS[status]
    mine = [
        {**row, "owner_label": OWNERS.get(row["owner"], row["owner"])}
        for row in rows
        if row["status"] == status
    ]
    return {"status": status, "label": label, "meaning": meaning, "rows": mine}
