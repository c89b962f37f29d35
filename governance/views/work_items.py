"""The page of work items, grouped by status."""

from __future__ import annotations

from typing import Any

from django import forms
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


class WorkItemFilterForm(forms.Form):
    """Filters of the work items."""

    use_required_attribute = False
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Any")), *((status, label) for status, (label, _why) in GROUPS.items())],
    )
    owner = forms.ChoiceField(
        label=_("Owner"), required=False, choices=[("", _("Any")), *OWNERS.items()]
    )

    def keeps(self, row: dict[str, Any]) -> bool:
        """Whether the form lets an item through; one that is not valid lets none."""
        return self.is_valid() and all(
            wanted in ("", row[name]) for name, wanted in self.cleaned_data.items()
        )


@require_safe
@listing.listed(lists.WORK_ITEMS)
def page(request: HttpRequest) -> HttpResponseBase:
    """Every work item of the chosen project, or of all."""
    chosen = request.GET.get("project_id") or None
    projects = permissions.readable_projects(request.caller, chosen)
    form = WorkItemFilterForm(request.GET)

    def read() -> list[dict[str, Any]]:
        return [row for row in work_items.rows(projects, project_id=chosen) if form.keeps(row)]

    if export.is_wanted(request) and form.is_valid():
        return export.respond(request, "work-items", _CSV, export.once(projects, read))
    rows = read()
    groups = [_group(status, rows) for status in GROUPS]
    context = {
        "groups": [group for group in groups if group["rows"]],
        "total": len(rows),
        "form": form,
        "is_filtered": any(form.cleaned_data.values()) if form.is_valid() else False,
        "clear_href": listing.cleared(request),
    }
    return show(request, "governance/work_items.html", context, 200 if form.is_valid() else 422)


def _group(status: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    label, meaning = GROUPS[status]
    mine = [
        {**row, "owner_label": OWNERS.get(row["owner"], row["owner"])}
        for row in rows
        if row["status"] == status
    ]
    return {"status": status, "label": label, "meaning": meaning, "rows": mine}
