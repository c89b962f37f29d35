"""The page of work items, grouped by status."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from awooop import permissions
from governance import work_items
from governance.work_items.listing import BLOCKED, DONE, IN_PROGRESS, WATCHING

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
def page(request: HttpRequest) -> HttpResponse:
    """Every work item of the chosen project, or of all."""
    chosen = request.GET.get("project_id") or None
    projects = permissions.readable_projects(request.caller, chosen)
    rows = work_items.rows(projects, project_id=chosen)
    groups = [_group(status, rows) for status in GROUPS]
    context = {"groups": [group for group in groups if group["rows"]], "total": len(rows)}
    return render(request, "governance/work_items.html", context)


def _group(status: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    label, meaning = GROUPS[status]
    mine = [
        {**row, "owner_label": OWNERS.get(row["owner"], row["owner"])}
        for row in rows
        if row["status"] == status
    ]
    return {"status": status, "label": label, "meaning": meaning, "rows": mine}
