"""The tab of the self-checks: the latest cycles, and 'run now'."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from awooop.errors import Conflict, Invalid
from awooop.permissions import can
from governance.actions import asking
from governance.actions.self_check import Asked
from governance.models import CheckTrigger, SelfCheckCycle
from governance.selectors import cycles
from governance.self_checks import names, registered
from governance.views import frame, lists
from governance.views.frame import Shown

PROJECTS_AT_MOST = 8
PER_PAGE = 20


def tab(request: HttpRequest, projects: Sequence[str], **attempt: Any) -> Shown:
    """Each project's latest cycle with what every check answered, and the cycles before."""
    latest = cycles.latest(projects)
    context = {
        "latest": [_told(cycle) for cycle in latest[:PROJECTS_AT_MOST]],
        "left_out": max(0, len(latest) - PROJECTS_AT_MOST),
        "next": cycles.next_check(),
        "may_run": any(can(request.caller, asking.OPERATION, project) for project in projects),
        "checks": registered(),
        "page": cycles.newest(projects, lists.page_request(request, PER_PAGE)),
        **attempt,
    }
    return Shown(context, attempt.get("status", 200))


def _told(cycle: SelfCheckCycle) -> dict[str, Any]:
    """Answer a cycle with a row for each check, in the order in which they are asked."""
    rows, order = [], {name: place for place, name in enumerate(names())}
    for name in sorted(cycle.results, key=lambda name: (order.get(name, len(order)), name)):
        result = cycle.results[name]
        error = result.get("error") if isinstance(result, dict) else None
        ms = cycle.timings_ms.get(name)
        rows.append({"name": name, "result": result, "error": error, "ms": ms})
    return {"cycle": cycle, "rows": rows}


@require_http_methods(["GET", "HEAD", "POST"])
def run_now(request: HttpRequest) -> HttpResponse:
    """Run the checks over the chosen project, or over all in which the reader may act."""
    if request.method == "POST":
        project_id = request.GET.get("project_id") or None
        try:
            asked = asking.ask(
                by=request.caller, trigger=CheckTrigger.MANUAL, project_id=project_id
            )
        except (Invalid, Conflict) as refused:
            return frame.show(request, "checks", **lists.attempted(refused, ""))
        _say(request, asked)
    return redirect(frame.address(request, "checks"))


def _say(request: HttpRequest, asked: Asked) -> None:
    if asked.skipped:
        text = _("Checked less than a minute ago, not again: %(projects)s.")
        messages.info(request, text % {"projects": ", ".join(asked.skipped)})
    if not asked.projects:
        return
    text = ngettext(
        "%(n)d project was checked: %(opened)d events opened, %(resolved)d resolved.",
        "%(n)d projects were checked: %(opened)d events opened, %(resolved)d resolved.",
        len(asked.projects),
    )
    counts = {
        "n": len(asked.projects),
        "opened": len(asked.opened),
        "resolved": len(asked.resolved),
    }
    messages.success(request, text % counts)
    if asked.errors:
        text = _("Checks in error: %(names)s.")
        messages.error(request, text % {"names": ", ".join(sorted(asked.errors))})
