"""Queue a batch of stale entries: a preview, then the same inputs with its fingerprint."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from awooop.admin_base.forms import add_refusal
from awooop.errors import Conflict, Invalid
from knowledge.actions import queue_reviews
from knowledge.actions.queue_reviews import BatchQueued
from knowledge.review_forms import BatchForm
from knowledge.views import frame, stale


@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: HttpRequest) -> HttpResponse:
    """Preview a batch; with the preview's fingerprint, queue it."""
    if request.method != "POST":
        project = request.GET.get("project_id")
        return redirect(frame.address("knowledge-stale", project_id=project))
    project = frame.posted_project(request)
    form = BatchForm(request.POST)
    if not form.is_valid():
        return stale.show(request, project, batch=form, status=422)
    fingerprint = form.cleaned_data["dry_run_plan_fingerprint"]
    try:
        queued = _ask(request, project, form, fingerprint=fingerprint)
    except Invalid as refused:
        add_refusal(form, refused)
        return stale.show(request, project, batch=form, status=422)
    except Conflict as refused:
        if refused.code != "plan_changed":
            add_refusal(form, refused)
            return stale.show(request, project, batch=form, status=409)
        again = _ask(request, project, form)
        return _preview(request, project, form, again, status=409, has_changed=True)
    if queued.status == "dry_run":
        return _preview(request, project, form, queued)
    return _done(request, project, queued)


def _ask(request: HttpRequest, project: str, form: BatchForm, fingerprint: str = "") -> BatchQueued:
    given = form.cleaned_data
    return queue_reviews.queue_batch(
        by=request.caller,
        project_id=project,
        tiers=given["priority_tiers"],
        limit=given["limit"],
        owner=given["owner"],
        owner_note=given["owner_note"],
        dry_run=not fingerprint,
        fingerprint=fingerprint or None,
    )


def _preview(
    request: HttpRequest,
    project: str,
    form: BatchForm,
    queued: BatchQueued,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "project_id": project,
        "current_project": project,
        "form": form,
        "queued": queued,
        "would_queue": queued.count("would_queue"),
        "already_queued": queued.count("already_queued"),
        "skipped": queued.count("skipped"),
        "back_href": frame.address("knowledge-stale", project_id=project),
        **more,
    }
    return render(request, "knowledge/stale_batch.html", context, status=status)


def _done(request: HttpRequest, project: str, queued: BatchQueued) -> HttpResponse:
    if queued.batch is None:
        messages.info(request, _("They are in review already: nothing was changed."))
        return redirect(frame.address("knowledge-reviews", project_id=project))
    count = queued.count("queued")
    said = ngettext("%(n)d entry is queued.", "%(n)d entries are queued.", count) % {"n": count}
    messages.success(request, said)
    event = queued.batch.governance_event_id
    href = frame.address("knowledge-reviews", project_id=project, batch_governance_event_id=event)
    return redirect(href)
