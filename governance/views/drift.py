"""The tab of drift: where what runs differs from what is declared, and what settles it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from awooop.errors import Conflict, Invalid
from awooop.listing import cleared, export
from governance.actions import drift as settling
from governance.actions.drift import Settled
from governance.forms import DriftFilterForm
from governance.selectors import drift as drifts
from governance.views import frame, lists
from governance.views.frame import Shown

_TYPED = ("owner", "note")

_CSV = (
    "id", "project_id", "namespace", "kind", "resource", "state", "owner", "occurrences",
    "first_seen_at", "last_seen_at", "pr_url", "next_step",
)  # fmt: skip


def tab(request: HttpRequest, projects: Sequence[str], **attempt: Any) -> Shown | HttpResponseBase:
    """Drifts, the last seen first; `drift_id` shows one alone, which is its permalink."""
    drift_id = attempt.pop("drift_id", None) or lists.uuid_of(request, "drift_id")
    if drift_id is not None:
        one = drifts.get(projects, drift_id)
        return Shown({"drifts": [one], "pinned": one, **attempt}, attempt.get("status", 200))
    form = DriftFilterForm(request.GET)
    context = {"form": form, "page": None, "clear_href": cleared(request)}
    if form.is_valid():
        try:
            if export.is_wanted(request):
                found = drifts.filtered(form.filters)
                return lists.file(request, "drift", _CSV, projects, found, drifts.NEWEST)
            page = drifts.newest(projects, form.filters, lists.page_request(request))
            context |= {"page": page, "drifts": page.items, "is_filtered": bool(form.filters)}
        except Invalid as invalid:
            form.refuse(invalid)
    return Shown(context, 200 if context["page"] is not None else 422)


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest, drift_id: UUID, verb: str) -> HttpResponse:
    """Preview what an act would do; with the preview's fingerprint, do it."""
    href = frame.address(request, "drift", drift_id=drift_id)
    if request.method != "POST":
        return redirect(href)
    typed = {name: request.POST.get(name, "") for name in _TYPED}
    fingerprint = request.POST.get("dry_run_plan_fingerprint") or None
    try:
        settled = settling.settle(
            by=request.caller,
            drift_id=drift_id,
            verb=verb,
            dry_run=fingerprint is None,
            fingerprint=fingerprint,
            **typed,
        )
    except (Invalid, Conflict) as refused:
        attempt = {"error": refused.detail, "status": refused.status, **typed}
        return frame.show(request, "drift", drift_id=drift_id, **attempt)
    if settled.dry_run:
        return _preview(request, settled, href)
    state = settled.drift.get_state_display()
    messages.success(request, _("The drift is now: %(state)s.") % {"state": state})
    return redirect(href)


def _preview(request: HttpRequest, settled: Settled, href: str) -> HttpResponse:
    if settled.status.startswith("already_"):
        messages.info(request, _("It was so already: nothing was changed."))
        return redirect(href)
    context = {
        "settled": settled,
        "drift": settled.drift,
        "to_state": settling.VERBS[settled.verb].state,
        "href": href,
    }
    return render(request, "governance/drift_preview.html", context)
