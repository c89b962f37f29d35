"""Decide on several approvals at once: a preview of exactly these, then its confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from awooop.errors import Conflict, Invalid
from awooop.models import Project
from runs import reasons
from runs.actions import batch_decisions as actions
from runs.actions.batch_decisions import Batch, Chosen, Item
from runs.forms import BatchForm

_PAGE = "runs/approval_batch.html"


@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: HttpRequest) -> HttpResponse:
    """Preview what was chosen in the inbox; with the preview's fingerprint, decide it."""
    if request.method != "POST":
        return redirect("approvals")
    form = BatchForm(request.POST)
    if not form.is_valid():
        raise Invalid({name: str(errors[0]) for name, errors in form.errors.items()})
    chosen = form.chosen()
    fingerprint = form.cleaned_data["dry_run_plan_fingerprint"]
    if not chosen:
        return _page(request, form, None, status=422)
    try:
        done = _ask(request, form, chosen, fingerprint)
    except Conflict as refused:
        if refused.code != "plan_changed":
            raise
        return _page(request, form, _ask(request, form, chosen), status=409, has_changed=True)
    return _page(request, form, done)


def _ask(
    request: HttpRequest, form: BatchForm, chosen: list[Chosen], fingerprint: str = ""
) -> Batch:
    return actions.decide(
        by=request.caller,
        chosen=chosen,
        decision=form.cleaned_data["decision"],
        reason=form.cleaned_data["reason"],
        dry_run=not fingerprint,
        fingerprint=fingerprint or None,
    )


def _page(
    request: HttpRequest, form: BatchForm, done: Batch | None, status: int = 200, **more: Any
) -> HttpResponse:
    decision = form.cleaned_data["decision"]
    would = done.with_status(actions.WOULD) if done else []
    context = {
        "batch": done,
        "decision": decision,
        "reason": form.cleaned_data["reason"],
        "presets": _reasons(would, decision),
        "would": would,
        "decided": done.with_status(actions.DECIDED) if done else [],
        "refused": done.with_status(actions.REFUSED) if done else [],
        **more,
    }
    return render(request, _PAGE, context, status=status)


def _reasons(would: Sequence[Item], decision: str) -> list[str]:
    ids = {item.approval.project_id for item in would if item.approval}
    projects = Project.objects.filter(pk__in=ids).order_by("pk") if ids else ()
    return reasons.offered_together(projects, decision)
