"""The pages to write: a new entry, a change, archiving and bringing back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from awooop import permissions
from awooop.admin_base.forms import add_refusal
from awooop.errors import Conflict, Invalid, NotAllowed, Refused
from knowledge.actions import entries as actions
from knowledge.forms import EntryForm, MoveForm, initial_of
from knowledge.models import KnowledgeEntry
from knowledge.selectors import entries, history

_GET_POST = require_http_methods(["GET", "HEAD", "POST"])


@_GET_POST
def create(request: HttpRequest) -> HttpResponse:
    """Write a new entry."""
    caller = request.caller
    projects = [each for each in caller.projects if permissions.can(caller, "knowledge.edit", each)]
    if not projects:
        raise NotAllowed(_("Your role does not allow writing knowledge (knowledge.edit)."))
    named = request.POST.get("project_id") or request.GET.get("project_id") or ""
    project_id = named if named in projects else projects[0]
    initial = {"entry_type": "runbook", "status": "draft", "project_id": project_id}
    initial["related_incident_id"] = request.GET.get("incident_id", "")[:64]
    form = EntryForm(_posted(request), project_id=project_id, projects=projects, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create(
                by=caller, project_id=form.cleaned_data["project_id"], **form.values()
            )
        except Refused as refused:
            add_refusal(form, refused)
            return _page(request, form, None, status=refused.status)
        messages.success(request, _("The entry is written."))
        return redirect("knowledge-entry", entry_id=made.pk)
    return _page(request, form, None, status=422 if request.method == "POST" else 200)


@_GET_POST
def edit(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Change an entry; what was typed is kept where somebody was faster."""
    entry = entries.get(request.caller.projects, entry_id)
    permissions.check_can(request.caller, "knowledge.edit", entry.project_id)
    form = EntryForm(
        _posted(request), project_id=entry.project_id, entry=entry, initial=initial_of(entry)
    )
    if request.method != "POST":
        return _page(request, form, entry)
    if not form.is_valid():
        return _page(request, form, entry, status=422)
    try:
        changed = actions.update(
            by=request.caller,
            project_id=entry.project_id,
            entry_id=entry_id,
            version=form.cleaned_data["version"] or 0,
            **form.values(),
        )
    except Conflict as conflict:
        return _conflict(request, form, entry, conflict)
    except Refused as refused:
        add_refusal(form, refused)
        return _page(request, form, entry, status=refused.status)
    said = _("Saved.") if changed.version != entry.version else _("Nothing was changed.")
    messages.success(request, said)
    return redirect("knowledge-entry", entry_id=entry_id)


def _conflict(
    request: HttpRequest, form: EntryForm, entry: KnowledgeEntry, conflict: Conflict
) -> HttpResponse:
    """Show what the other one wrote against what was typed; saving again is then on purpose."""
    if conflict.code != "version_conflict":
        add_refusal(form, conflict)
        return _page(request, form, entry, status=409)
    current = entries.get(request.caller.projects, entry.pk)
    typed = form.cleaned_data
    lines = history.difference(current.content, typed["content"].replace("\r\n", "\n"))
    latest = history.revisions(current)[:1]
    form.data = form.data.copy()
    form.data["version"] = str(current.version)
    context = {"current": current, "lines": lines, "latest": latest[0] if latest else None}
    return _page(request, form, entry, status=409, conflict=context)


@_GET_POST
def archive(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Take an entry out of use."""
    return _move(request, entry_id, actions.archive, _("The entry is archived."), "archive")


@_GET_POST
def restore(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Bring an archived entry back as a draft."""
    return _move(request, entry_id, actions.restore, _("The entry is a draft again."), "restore")


def _move(request: HttpRequest, entry_id: UUID, action: Any, done: str, name: str) -> HttpResponse:
    entry = entries.get(request.caller.projects, entry_id)
    permissions.check_can(request.caller, "knowledge.edit", entry.project_id)
    form = MoveForm(_posted(request), initial={"version": entry.version})
    if request.method != "POST" or not form.is_valid():
        return _move_page(request, entry, form, name, 422 if form.is_bound else 200)
    given = form.cleaned_data
    try:
        action(
            by=request.caller,
            project_id=entry.project_id,
            entry_id=entry_id,
            version=given["version"],
            reason=given["reason"],
        )
    except (Conflict, Invalid) as refused:
        add_refusal(form, refused)
        return _move_page(request, entry, form, name, refused.status)
    messages.success(request, done)
    return redirect("knowledge-entry", entry_id=entry_id)


def _move_page(
    request: HttpRequest, entry: KnowledgeEntry, form: MoveForm, name: str, status: int
) -> HttpResponse:
    context = {"entry": entry, "form": form, "move": name}
    return render(request, "knowledge/move.html", context, status=status)


def _page(
    request: HttpRequest,
    form: EntryForm,
    entry: KnowledgeEntry | None,
    status: int = 200,
    conflict: dict[str, Any] | None = None,
) -> HttpResponse:
    context = {"form": form, "entry": entry, "conflict": conflict}
    return render(request, "knowledge/form.html", context, status=status)


def _posted(request: HttpRequest) -> QueryDict | None:
    """Answer what was sent, also where that is nothing."""
    return request.POST if request.method == "POST" else None
