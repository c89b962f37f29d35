"""The stale entries of a project, and what puts one of them into its owner's inbox."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from awooop import listing, permissions
from awooop.admin_base.forms import add_refusal
from awooop.errors import Conflict, Refused
from awooop.listing import export
from knowledge import lists
from knowledge.actions import queue_reviews
from knowledge.actions.queue_reviews import BATCH_DEFAULT, DEFAULT_TIERS
from knowledge.models import KnowledgeEntry
from knowledge.review_forms import BatchForm, QueueForm, StaleFilterForm
from knowledge.reviews import draft_text
from knowledge.selectors import entries, stale_candidates, staleness
from knowledge.views import frame

_CSV = (
    "entry_id", "project_id", "title", "priority_tier", "priority_score", "stale_days",
    "updated_at", "view_count", "related_incident_id", "related_playbook_id", "recommended_action",
    "owner", "owner_review_status",
)  # fmt: skip


@require_safe
@listing.listed(lists.STALE)
def stale_list(request: HttpRequest) -> HttpResponseBase:
    """Stale entries of one project, the most urgent first."""
    project, form = frame.one_project(request), StaleFilterForm(request.GET)
    if export.is_wanted(request) and form.is_valid():
        read = partial(_found, project, form, stale_candidates.MOST)
        rows = export.once([project], lambda: read()["items"])
        return export.respond(request, "stale-knowledge", _CSV, rows)
    return show(request, project)


def show(
    request: HttpRequest, project: str, *, batch: BatchForm | None = None, status: int = 200
) -> HttpResponse:
    """Answer the page; `batch` is a form that was refused."""
    if not hasattr(request, "listing"):  # a refused form of a batch
        request.listing = listing.State(request, lists.STALE)
    form = StaleFilterForm(request.GET)
    context: dict[str, Any] = {
        "form": form,
        "project_id": project,
        "current_project": project,
        "may_review": frame.may_review(request, project),
        "clear_href": listing.cleared(request),
        "batch": batch or BatchForm(initial=_initial(request)),
        "snapshot": staleness.snapshot(project),
    }
    if form.is_valid():
        context |= _listed(project, form)
    else:
        status = 422
    context["is_live"] = status == 200
    template = "knowledge/stale.html" + ("#found" if frame.is_fragment(request) else "")
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _initial(request: HttpRequest) -> dict[str, Any]:
    tiers = list(DEFAULT_TIERS)
    return {"priority_tiers": tiers, "limit": BATCH_DEFAULT, "owner": frame.me(request)}


def _listed(project: str, form: StaleFilterForm) -> dict[str, Any]:
    given = form.cleaned_data
    found = _found(project, form, given["limit"])
    return {
        "found": found,
        "names": draft_text.approvals_of(found["items"]),
        "is_filtered": bool(given["priority_tier"] or given["recommended_action"]),
        "is_cut": found["total_stale"] > len(found["items"]),
        "most": stale_candidates.MOST,
    }


def _found(project: str, form: StaleFilterForm, limit: int) -> dict[str, Any]:
    tier, action = form.cleaned_data["priority_tier"], form.cleaned_data["recommended_action"]
    return stale_candidates.candidates(
        [project],
        tiers=[tier] if tier else None,
        recommended_action=action or None,
        limit=limit,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def queue_one(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Ask the owner of one stale entry to review it."""
    entry = entries.get(request.caller.projects, entry_id)
    permissions.check_can(request.caller, "knowledge.review", entry.project_id)
    if request.method != "POST":
        return _queue_page(request, entry, QueueForm(initial={"owner": entry.owner}))
    form = QueueForm(request.POST)
    if not form.is_valid():
        return _queue_page(request, entry, form, status=422)
    try:
        queued = queue_reviews.queue_one(by=request.caller, entry_id=entry_id, **form.cleaned_data)
    except Conflict as refused:
        add_refusal(form, refused)
        return _queue_page(request, entry, form, status=409)
    except Refused as refused:
        if not refused.errors:
            raise
        add_refusal(form, refused)
        return _queue_page(request, entry, form, status=refused.status)
    if frame.is_fragment(request):
        return _row(request, entry)
    said = {
        "queued": _("Queued for its owner's review."),
        "already_queued": _("It is in review already: nothing was changed."),
    }
    messages.success(request, said[queued.status])
    return redirect(_back(request, entry))


def _back(request: HttpRequest, entry: KnowledgeEntry) -> str:
    """Answer where the form was: the entry's page, or the list with its filters."""
    if request.POST.get("from") == "entry":
        return frame.address("knowledge-entry", entry.pk)
    query = request.GET.dict() | {"project_id": entry.project_id}
    return f"{frame.address('knowledge-stale', **query)}#entry-{entry.pk}"


def _queue_page(
    request: HttpRequest, entry: KnowledgeEntry, form: QueueForm, status: int = 200
) -> HttpResponse:
    """Answer the form: in its row of the list, or on a page of its own."""
    if frame.is_fragment(request):
        return _row(request, entry, form=form, status=status)
    context = {"entry": entry, "form": form, "is_from_entry": request.POST.get("from") == "entry"}
    return render(request, "knowledge/stale_queue.html", context, status=status)


def _row(
    request: HttpRequest, entry: KnowledgeEntry, form: QueueForm | None = None, status: int = 200
) -> HttpResponse:
    request.listing = listing.State(request, lists.STALE)  # its columns are the reader's
    row = stale_candidates.of_entries(entry.project_id, [entry.pk]).get(entry.pk)
    context = {
        "row": row,
        "entry": entry,
        "queue_form": form,
        "names": draft_text.approvals_of([row]) if row else {},
        "may_review": True,
    }
    return render(request, "knowledge/_stale_row.html", context, status=status)
