"""What verification found wrong and nothing has mended since, and dry runs of what would."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from awooop import listing, permissions
from awooop.errors import Conflict, Invalid
from awooop.listing import export
from awooop.listing.state import show
from runs import lists
from runs.actions import remediation_dry_run as actions
from runs.selectors import remediation_queue as selectors

ITEMS, RECORDS = 50, 20


_CSV = (
    "work_item_id", "project_id", "incident_id", "incident_title", "run_id", "agent_id",
    "verification_result", "action", "ready_for_ai", "playbook", "trust_score", "attempts",
    "collected_at",
)  # fmt: skip
FILE_AT_MOST = 5_000


@require_safe
@listing.listed(lists.REMEDIATION)
def queue(request: HttpRequest) -> HttpResponseBase:
    """The queue's newest items, each with its one action, and the latest dry runs."""
    projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    action = request.GET.get("action", "")
    if action and action not in selectors.LABELS:
        allowed = ", ".join(selectors.LABELS)
        raise Invalid({"action": _("must be one of: %(allowed)s") % {"allowed": allowed}})
    if export.is_wanted(request):
        read = partial(selectors.queue, projects, limit=FILE_AT_MOST, action=action)
        rows = export.once(projects, lambda: read()["items"])
        return export.respond(request, "remediation-queue", _CSV, rows)
    may_run = {
        project
        for project in projects
        if permissions.can_write(request.caller, "governance.act", project)
    }
    context = {
        "queue": selectors.queue(projects, limit=ITEMS, action=action),
        "action": action,
        "actions": selectors.LABELS.items(),
        "clear_href": listing.cleared(request),
        "history": selectors.history(projects, limit=RECORDS),
        "may_run": may_run,
    }
    return show(request, "runs/remediation_queue.html", context)


@require_POST
def dry_run(request: HttpRequest, work_item_id: str) -> HttpResponse:
    """Evaluate one item's action by the gateway's gates, and go back to the queue."""
    try:
        done = actions.dry_run(by=request.caller, work_item_id=work_item_id)
    except Conflict as refused:
        messages.error(request, refused.detail)
    else:
        _tell(request, done)
    project = request.GET.get("project_id", "")
    query = f"?project_id={project}" if project in request.caller.projects else ""
    return redirect(f"{reverse('remediation-queue')}{query}")


def _tell(request: HttpRequest, done: actions.DryRun) -> None:
    label = done.item["action_label"]
    if done.verdict.gate:
        said = _("%(action)s: the gateway would refuse it. %(reason)s")
        messages.warning(request, said % {"action": label, "reason": done.verdict.reason})
    else:
        said = _("%(action)s: the gateway would let it pass. Nothing was changed.")
        messages.success(request, said % {"action": label})
