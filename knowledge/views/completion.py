"""Complete one owner's review: what is to become of the entry, a preview, a confirmation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from awooop import markdown, permissions
from awooop.admin_base.forms import add_refusal
from awooop.errors import Conflict, Invalid, NotFound
from knowledge import wording
from knowledge.actions import complete_review
from knowledge.actions.complete_review import Completed, Outcome
from knowledge.models import KnowledgeEntry
from knowledge.review_forms import CompletionForm
from knowledge.reviews import draft_text, plan_words
from knowledge.selectors import burn_down, entries, history, replacements, reviews
from knowledge.views import frame

STEPS = ("edit", "search", "preview", "confirm")
# What is shown with the plan again, rather than with the form.
_OF_THE_PLAN = ("plan_changed", "owner_approval_required", "dry_run_required")
# Blockers that the form itself can take away.
_MENDABLE = {"no_owner"}


@dataclass(frozen=True)
class Case:
    """One review with its entry (None where it is gone), and whether the reader may complete it."""

    row: dict[str, Any]
    entry: KnowledgeEntry | None
    may_review: bool

    @property
    def is_open(self) -> bool:
        """Whether the form is of any use."""
        is_waiting = self.row["readiness"] in reviews.PENDING
        return is_waiting and self.entry is not None and set(self.row["blockers"]) <= _MENDABLE

    @property
    def outcome(self) -> str:
        """The outcome that is recommended."""
        return self.row["recommended_completion_outcome"] or Outcome.REFRESH.value


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, dispatch_id: UUID) -> HttpResponse:
    """One review. A POST searches, previews or, with the preview's fingerprint, confirms."""
    case = _case(request, dispatch_id)
    if request.method != "POST":
        outcome = _outcome(request, case)
        return _form_page(request, case, CompletionForm(initial=_initial(case, outcome)), outcome)
    permissions.check_can(request.caller, "knowledge.review", case.row["project_id"])
    form = CompletionForm(request.POST)
    is_valid = form.is_valid()
    outcome = form.cleaned_data.get("review_outcome") or case.outcome
    step = request.POST.get("step", "preview")
    if case.entry is None or step not in STEPS or not is_valid:
        return _form_page(request, case, form, outcome, status=422)
    if step in ("edit", "search"):
        return _form_page(request, case, form, outcome)
    return _try(request, case, form, is_dry=step == "preview")


def _case(request: HttpRequest, dispatch_id: UUID) -> Case:
    row = reviews.one(request.caller.projects, dispatch_id)
    if row is None:
        raise NotFound(_("No such owner review, or none that you may see."))
    entry = None
    if "entry_missing" not in row["blockers"] and row["title"] is not None:
        entry = entries.get([row["project_id"]], row["entry_id"])
    return Case(row, entry, frame.may_review(request, row["project_id"]))


def _outcome(request: HttpRequest, case: Case) -> str:
    """Answer the outcome that the address asks for, else the recommended one; raises Invalid."""
    asked = request.GET.get("outcome") or case.outcome
    if asked not in Outcome.values:
        raise Invalid(
            {"outcome": _("must be one of: %(allowed)s") % {"allowed": ", ".join(Outcome.values)}}
        )
    return asked


def _initial(case: Case, outcome: str) -> dict[str, Any]:
    entry = case.entry
    return {
        "review_outcome": outcome,
        "owner": case.row["owner"],
        "updated_title": entry.title if entry else "",
        "updated_content": entry.content if entry else "",
    }


def _try(request: HttpRequest, case: Case, form: CompletionForm, *, is_dry: bool) -> HttpResponse:
    outcome = form.cleaned_data["review_outcome"]
    try:
        completed = _ask(request, case, form, is_dry=is_dry)
    except Invalid as refused:
        add_refusal(form, refused)
        return _form_page(request, case, form, outcome, status=422)
    except Conflict as refused:
        if refused.code in _OF_THE_PLAN:
            again = _ask(request, case, form, is_dry=True)
            return _preview_page(request, case, form, again, status=409, why=refused.code)
        fresh = _case(request, case.row["dispatch_id"])
        return _form_page(request, fresh, form, outcome, status=409, conflict=refused)
    if completed.status == "dry_run":
        return _preview_page(request, case, form, completed)
    said = {
        "completed": _("Done. The stale ratio is measured again within minutes."),
        "already_completed": _("It was completed before: nothing was changed."),
    }
    messages.success(request, said[completed.status])
    return redirect("knowledge-review", dispatch_id=case.row["dispatch_id"])


def _ask(request: HttpRequest, case: Case, form: CompletionForm, *, is_dry: bool) -> Completed:
    return complete_review.complete(
        by=request.caller,
        entry_id=case.row["entry_id"],
        wish=form.wish(case.row["dispatch_id"]),
        dry_run=is_dry,
        owner_approved=form.cleaned_data["owner_approved"],
        fingerprint=form.cleaned_data["dry_run_plan_fingerprint"] or None,
    )


def _form_page(
    request: HttpRequest,
    case: Case,
    form: CompletionForm,
    outcome: str,
    status: int = 200,
    conflict: Conflict | None = None,
) -> HttpResponse:
    row = case.row
    context = _context(request, case) | {
        "form": form,
        "outcome": outcome,
        "outcomes": _outcomes(case, outcome),
        "is_open": case.is_open and case.may_review,
        "conflict": conflict,
        "blockers": [wording.blocker(code) for code in row["blockers"]],
    }
    if context["is_open"] and case.entry and outcome == Outcome.SUPERSEDE:
        words = request.POST.get("q") or request.GET.get("q", "")
        context |= _choice(case.entry, words, form)
    elif row["readiness"] == "completed":
        context |= _completed(case)
    return _render(request, "knowledge/review_complete.html", context, status)


def _outcomes(case: Case, here: str) -> list[dict[str, Any]]:
    return [
        {
            "label": capfirst(label),
            "active": value == here,
            "count": _("recommended") if value == case.outcome else None,
            "href": frame.address("knowledge-review", case.row["dispatch_id"], outcome=value),
        }
        for value, label in Outcome.choices
    ]


def _choice(entry: KnowledgeEntry, words: str, form: CompletionForm) -> dict[str, Any]:
    chosen = str(form["superseded_by_entry_id"].value() or "")
    return {"replacements": replacements.of(entry, words), "q": words, "chosen": chosen}


def _completed(case: Case) -> dict[str, Any]:
    """Answer what came of it, and which review is the next one that is ready."""
    row = case.row
    waiting = reviews.completion_queue([row["project_id"]], bucket="ready", limit=1)
    return {
        "done": burn_down.of_review(row["project_id"], row["dispatch_id"]),
        "next_review": waiting["items"][0] if waiting["items"] else None,
        "ready_count": waiting["total"],
    }


def _preview_page(
    request: HttpRequest,
    case: Case,
    form: CompletionForm,
    completed: Completed,
    status: int = 200,
    why: str = "",
) -> HttpResponse:
    entry, wish = completed.entry, completed.wish
    other = None
    if wish.superseded_by:
        other = KnowledgeEntry.objects.filter(pk=wish.superseded_by).defer("content").first()
    is_refresh = wish.outcome == Outcome.REFRESH
    context = _context(request, case) | {
        "form": form,
        "outcome": wish.outcome,
        "completed": completed,
        "wish": wish,
        "other": other,
        "why": why,
        "plan": plan_words.sentences(completed, other),
        "expected": plan_words.expected(completed),
        "lines": history.difference(entry.content, wish.content or "") if is_refresh else None,
        "title_changes": bool(is_refresh and wish.title and wish.title != entry.title),
    }
    return _render(request, "knowledge/review_preview.html", context, status)


def _context(request: HttpRequest, case: Case) -> dict[str, Any]:
    row, entry = case.row, case.entry
    return {
        "row": row,
        "entry": entry,
        "html": markdown.render(entry.content) if entry else "",
        "may_review": case.may_review,
        "project_id": row["project_id"],
        "names": draft_text.approvals_of([row]),
        "list_href": frame.address("knowledge-reviews", project_id=request.GET.get("project_id")),
    }


def _render(
    request: HttpRequest, template: str, context: dict[str, Any], status: int
) -> HttpResponse:
    part = "#review" if frame.is_fragment(request) else ""
    return render(request, template + part, context, status=status)


@require_safe
def find_replacements(request: HttpRequest, dispatch_id: UUID) -> HttpResponse:
    """The entries that words find to take the stale one's place; a fragment of the form."""
    case = _case(request, dispatch_id)
    words = request.GET.get("q", "")
    if not frame.is_fragment(request) or case.entry is None:
        href = frame.address("knowledge-review", dispatch_id, outcome="supersede", q=words)
        return redirect(href)
    context = {"replacements": replacements.of(case.entry, words), "q": words, "chosen": ""}
    return render(request, "knowledge/_replacements.html", context)
