"""The contract editor: a revision with its history, drafts, activation as a deliberate step."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from awooop import contract_bodies, contract_changes, contract_forms, permissions
from awooop import contract_selectors as selectors
from awooop.actions import contracts
from awooop.errors import Conflict, Invalid, NotAllowed
from awooop.models import ContractRevision
from awooop.models.contract import LifecycleStatus

_FORM = ["GET", "HEAD", "POST"]
EDIT = "contract.edit"


@require_safe
def contract(request: HttpRequest, revision_id: UUID) -> HttpResponse:
    """One revision: what it grants, how it differs from the active one, and its history."""
    revision = selectors.find(revision_id, request.caller.projects)
    body = revision.body if isinstance(revision.body, dict) else {}
    context = {
        **_compared(revision),
        "grants": [_grant(name, grant) for name, grant in contract_bodies.grants(body).items()],
        "limits": _plain(body.get("limits")),
        "body": contract_changes.as_text(revision.body),
        "history": selectors.history(revision),
        "may_edit": permissions.can(request.caller, EDIT, revision.project_id),
    }
    return render(request, "awooop/contract.html", context)


def _compared(revision: ContractRevision) -> dict[str, Any]:
    """Answer a revision beside the active one, with what differs."""
    active = selectors.active(revision)
    context = {"contract": revision, "active": active, "is_active": active == revision}
    if context["is_active"]:
        return context
    before = active.body if active else {}
    changes = contract_changes.changes(before, revision.body)
    return {**context, "changes": changes, "diff": contract_changes.lines(active, revision)}


def _grant(name: str, grant: dict[str, Any]) -> dict[str, Any]:
    return {"tool": name, "scope": grant.get("scope"), "more": _plain(grant, "scope")}


def _plain(mapping: Any, *without: str) -> list[tuple[str, Any]]:
    """Answer a mapping's members in order: as a list, for a key may be called `items`."""
    if not isinstance(mapping, dict):
        return []
    return [(key, value) for key, value in sorted(mapping.items()) if key not in without]


@require_http_methods(_FORM)
def new(request: HttpRequest) -> HttpResponse:
    """A new draft: the first of a contract, or made of the revision that `from` names."""
    projects = [
        one for one in request.caller.projects if permissions.can(request.caller, EDIT, one)
    ]
    if not projects:
        raise NotAllowed(_("Your role does not allow this (contract.edit)."))
    source = _source(request)
    form = contract_forms.DraftForm(
        request.POST or None, projects=projects, initial=_initial(request, source)
    )
    if request.method == "POST" and form.is_valid():
        made = _drafted(request, form)
        if made is not None:
            messages.success(request, _("The draft is kept; nothing is active yet."))
            return redirect("contract", revision_id=made.pk)
    return _form_page(request, form, {"source": source})


def _source(request: HttpRequest) -> ContractRevision | None:
    text = request.GET.get("from", "")
    if not text:
        return None
    try:
        revision_id = UUID(text)
    except ValueError:
        raise Invalid({"from": _("must be a revision's id")}) from None
    source = selectors.find(revision_id, request.caller.projects)
    permissions.check_can(request.caller, EDIT, source.project_id)
    return source


def _initial(request: HttpRequest, source: ContractRevision | None) -> dict[str, Any]:
    if source is None:
        return {**contract_forms.empty(), "project_id": request.GET.get("project_id", "")}
    major, minor = selectors.next_version(source)
    return {
        "project_id": source.project_id,
        "contract_id": source.contract_id,
        "family": source.contract_family,
        "version_major": major,
        "version_minor": minor,
        "body": contract_changes.as_text(source.body),
    }


def _drafted(request: HttpRequest, form: contract_forms.DraftForm) -> ContractRevision | None:
    data = form.cleaned_data
    try:
        return contracts.draft(
            by=request.caller,
            project_id=data["project_id"],
            contract_id=data["contract_id"],
            family=data["family"],
            body=data["body"],
            version=(data["version_major"], data["version_minor"]),
        )
    except (Conflict, Invalid) as refused:
        form.refuse(refused)
        return None


@require_http_methods(_FORM)
def edit(request: HttpRequest, revision_id: UUID) -> HttpResponse:
    """A draft's body, to be changed."""
    revision = _editable(request, revision_id)
    if revision.lifecycle_status != LifecycleStatus.DRAFT:
        raise Conflict(_("Only a draft's body can be changed."), code="body_immutable")
    initial = {"body": contract_changes.as_text(revision.body)}
    form = contract_forms.BodyForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            body = form.cleaned_data["body"]
            contracts.edit_draft(by=request.caller, revision=revision, body=body)
            messages.success(request, _("The draft is changed."))
            return redirect("contract", revision_id=revision_id)
        except (Conflict, Invalid) as refused:
            form.refuse(refused)
    return _form_page(request, form, {"contract": revision})


def _form_page(request: HttpRequest, form: Any, context: dict[str, Any]) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    context = {"form": form, **context}
    return render(request, "awooop/contract_form.html", context, status=status)


def _editable(request: HttpRequest, revision_id: UUID) -> ContractRevision:
    revision = selectors.find(revision_id, request.caller.projects)
    permissions.check_can(request.caller, EDIT, revision.project_id)
    return revision


@require_http_methods(_FORM)
def activate(request: HttpRequest, revision_id: UUID) -> HttpResponse:
    """Show what activating a revision changes, then do just that."""
    return _move(request, revision_id, LifecycleStatus.ACTIVE)


@require_http_methods(_FORM)
def retire(request: HttpRequest, revision_id: UUID) -> HttpResponse:
    """Show what retiring a revision ends, then do just that."""
    return _move(request, revision_id, LifecycleStatus.RETIRED)


def _move(request: HttpRequest, revision_id: UUID, status: str) -> HttpResponse:
    revision = _editable(request, revision_id)
    if request.method != "POST":
        return _move_page(request, revision, status)
    try:
        contracts.set_status_as_planned(
            by=request.caller,
            revision=revision,
            status=status,
            given=request.POST.get("fingerprint"),
        )
    except Conflict as refused:
        if refused.code not in ("plan_changed", "dry_run_required"):
            raise
        revision.refresh_from_db()
        return _move_page(request, revision, status, error=refused.detail)
    messages.success(request, _("Done: the revision is now %(status)s.") % {"status": status})
    return redirect("contract", revision_id=revision_id)


def _move_page(
    request: HttpRequest, revision: ContractRevision, status: str, error: str = ""
) -> HttpResponse:
    plan = contracts.plan(by=request.caller, revision=revision, status=status)
    context = {
        **_compared(revision),
        "grants": [_grant(*one) for one in contract_bodies.grants(revision.body).items()],
        "status": status,
        "fingerprint": plan.fingerprint,
        "error": error,
    }
    answer = 409 if error else 200
    return render(request, "awooop/contract_move.html", context, status=answer)
