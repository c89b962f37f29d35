"""Review drafts by their event: which one stays, and the archiving of the rest in two steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from awooop import listing, permissions
from awooop.admin_base.forms import add_refusal
from awooop.errors import Conflict, Invalid
from awooop.listing import export
from awooop.listing.state import show
from governance.models import GovernanceEvent
from governance.selectors import events
from knowledge import lists
from knowledge.actions import review_drafts as actions
from knowledge.actions.review_drafts import Archived
from knowledge.models import KnowledgeEntry
from knowledge.review_forms import DedupeForm, DraftFilterForm
from knowledge.selectors import history, review_drafts
from knowledge.views import frame

_CSV = (
    "governance_event_id", "project_id", "canonical_entry_id", "canonical_title",
    "canonical_updated_at", "preferred_source", "duplicate_count", "duplicate_entry_ids",
)  # fmt: skip
# How many duplicates are compared with the draft that stays, on one page.
COMPARED = 5


@require_safe
@listing.listed(lists.DRAFTS)
def draft_list(request: HttpRequest) -> HttpResponseBase:
    """Review drafts by their event, those with duplicates first."""
    form = DraftFilterForm(request.GET)
    if export.is_wanted(request) and form.is_valid():
        projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
        rows = export.once(projects, lambda: _rows(projects, form))
        return export.respond(request, "review-drafts", _CSV, rows)
    return _page(request, form=form, status=200 if form.is_valid() else 422)


def _rows(projects: Sequence[str], form: DraftFilterForm) -> Iterator[export.Row]:
    for group in filter(form.keeps, review_drafts.dedupe(projects)["groups"]):
        yield {**group, "duplicate_entry_ids": " ".join(map(str, group["duplicate_entry_ids"]))}


def _page(
    request: HttpRequest, status: int = 200, form: DraftFilterForm | None = None, **attempt: Any
) -> HttpResponse:
    if not hasattr(request, "listing"):  # a refused form
        request.listing = listing.State(request, lists.DRAFTS)
    form = form or DraftFilterForm(request.GET)
    projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    found = review_drafts.dedupe(projects)
    kept = [group for group in found["groups"] if form.is_valid() and form.keeps(group)]
    reviewing = {
        project
        for project in {group["project_id"] for group in kept}
        if frame.may_review(request, project)
    }
    ids = [key for group in kept for key in group["duplicate_entry_ids"]]
    rows = KnowledgeEntry.objects.filter(pk__in=ids, project_id__in=projects)
    duplicates = rows.only("title", "updated_at").in_bulk()
    groups = [
        {
            **group,
            "may_review": group["project_id"] in reviewing,
            "duplicates": [duplicates[key] for key in group["duplicate_entry_ids"]],
        }
        for group in kept
    ]
    context = {"found": found, "groups": groups, "me": frame.me(request), "form": form}
    context["is_filtered"] = form.is_valid() and any(form.cleaned_data.values())
    context["clear_href"] = listing.cleared(request)
    return show(request, "knowledge/drafts.html", {**context, **attempt}, status)


@require_http_methods(["GET", "HEAD", "POST"])
def archive(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Preview what archiving an event's duplicates does; with its fingerprint, do it."""
    event = events.get(request.caller.projects, event_id)
    if request.method != "POST":
        return redirect(frame.address("knowledge-drafts", project_id=event.project_id))
    permissions.check_can(request.caller, "knowledge.review", event.project_id)
    form = DedupeForm(request.POST)
    if not form.is_valid():
        return _page(request, status=422, refused=form, refused_event=event.pk)
    try:
        archived = _ask(request, event, form, is_dry=not _fingerprint(form))
    except Invalid as refused:
        add_refusal(form, refused)
        return _page(request, status=422, refused=form, refused_event=event.pk)
    except Conflict as refused:
        return _conflict(request, event, form, refused)
    if archived.status == "dry_run":
        return _preview(request, event, form, archived)
    _say(request, archived)
    return redirect(frame.address("knowledge-drafts", project_id=event.project_id))


def _fingerprint(form: DedupeForm) -> str:
    return form.cleaned_data["dry_run_plan_fingerprint"]


def _ask(
    request: HttpRequest, event: GovernanceEvent, form: DedupeForm, *, is_dry: bool
) -> Archived:
    given = form.cleaned_data
    return actions.archive_duplicates(
        by=request.caller,
        event_id=event.pk,
        canonical_id=given["canonical_entry_id"],
        duplicate_ids=given["duplicate_entry_ids"],
        owner=given["owner"],
        owner_approved=given["owner_approved"],
        dry_run=is_dry,
        fingerprint=_fingerprint(form) or None,
    )


def _conflict(
    request: HttpRequest, event: GovernanceEvent, form: DedupeForm, refused: Conflict
) -> HttpResponse:
    """Show the plan again with why it was not carried out; what is no matter of the plan is told on
    the list."""
    if refused.code not in ("plan_changed", "owner_approval_required"):
        add_refusal(form, refused)
        return _page(request, status=409, refused=form, refused_event=event.pk)
    again = _ask(request, event, form, is_dry=True)
    return _preview(request, event, form, again, status=409, why=refused.code)


def _preview(
    request: HttpRequest,
    event: GovernanceEvent,
    form: DedupeForm,
    archived: Archived,
    status: int = 200,
    why: str = "",
) -> HttpResponse:
    rows = KnowledgeEntry.objects.filter(pk__in=archived.requested, project_id=event.project_id)
    drafts = {row.pk: row for row in rows}
    wanted = [drafts[key] for key in archived.to_archive]
    canonical = archived.canonical.content
    context = {
        "event": event,
        "form": form,
        "archived": archived,
        "why": why,
        "skipped": [drafts[key] for key in archived.skipped],
        "drafts": [
            {
                "entry": draft,
                "lines": history.difference(canonical, draft.content)
                if number < COMPARED
                else None,
            }
            for number, draft in enumerate(wanted)
        ],
        "back_href": frame.address("knowledge-drafts", project_id=event.project_id),
    }
    return render(request, "knowledge/drafts_preview.html", context, status=status)


def _say(request: HttpRequest, archived: Archived) -> None:
    if archived.status == "noop_already_archived":
        messages.info(request, _("They are archived already: nothing was changed."))
        return
    count = len(archived.to_archive)
    said = ngettext("%(n)d draft is archived.", "%(n)d drafts are archived.", count) % {"n": count}
    ratio = archived.snapshot.stale_ratio * 100
    messages.success(
        request, f"{said} {_('The stale ratio is now %(ratio).1f %%.') % {'ratio': ratio}}"
    )
