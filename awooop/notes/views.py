"""The pages of notes: write one in place, change one, strike one out, and its history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from awooop import notes, permissions, undo
from awooop.actions import notes as actions
from awooop.errors import Conflict, Invalid
from awooop.models import Note
from awooop.notes import panel, policies, reads


def write(request: HttpRequest, kind: str, ident: str) -> HttpResponse:
    """Write a note on what the address names; whoever only looks is led there."""
    here = notes.href(kind, ident)
    if request.method != "POST":
        notes.get(kind).project_of(request.caller.projects, ident)
        return redirect(f"{here}#notes")
    body = request.POST.get("body", "")
    try:
        note = actions.write(by=request.caller, kind=kind, ident=ident, body=body)
    except (Invalid, Conflict) as refused:
        return _refused(request, kind, ident, body, refused)
    return _shown(request, note, _("The note is written."))


@require_safe
def page(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """One note with what it said before: its permalink."""
    note = reads.get(request.caller.projects, note_id)
    may_write = permissions.can_write(request.caller, "note.write", note.project_id)
    context = {
        "entry": panel.shown(request.caller, note, may_write=may_write),
        "versions": reads.versions(note),
        "subject_href": notes.href(note.subject_type, note.subject_id),
    }
    return render(request, "awooop/note.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """Change one's own note."""
    note = reads.get(request.caller.projects, note_id)
    body, version = request.POST.get("body", ""), request.POST.get("version", "")
    try:
        permissions.check_can_write(request.caller, "note.write", note.project_id)
        policies.check_editable(request.caller, note)
        if request.method != "POST":
            return _form(request, note, body=note.body)
        number = int(version) if version.isascii() and version.isdigit() else 0
        note = actions.edit(by=request.caller, note_id=note_id, body=body, version=number)
    except Invalid as refused:
        return _form(request, note, body=body, error=refused.errors[0]["message"], status=422)
    except Conflict as refused:
        if request.method != "POST":
            return redirect("note", note_id=note_id)
        return _form(request, note, body=body, error=refused.detail, status=409)
    messages.success(request, _("The note is changed."))
    return redirect(_anchor(note))


@require_POST
def strike(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """Strike a note out; the message offers to undo it."""
    try:
        note, did = actions.strike(by=request.caller, note_id=note_id)
    except Conflict as refused:
        return _not_done(request, note_id, refused)
    if did and not request.htmx:
        undo.offer(request, _("The note is struck out."), panel.address("note-restore", note))
        return redirect(_anchor(note))
    return _shown(request, note, _("The note is struck out."))


@require_POST
def restore(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """Undo that a note was struck out."""
    try:
        note, _did = actions.restore(by=request.caller, note_id=note_id)
    except Conflict as refused:
        return _not_done(request, note_id, refused)
    return _shown(request, note, _("The note stands again."))


def _shown(request: HttpRequest, note: Note, said: str) -> HttpResponse:
    if request.htmx:
        return _panel(request, note.subject_type, note.subject_id, note.project_id)
    messages.success(request, said)
    return redirect(_anchor(note))


def _not_done(request: HttpRequest, note_id: UUID, refused: Conflict) -> HttpResponse:
    note = reads.get(request.caller.projects, note_id)
    messages.error(request, refused.detail)
    if request.htmx:
        return _panel(request, note.subject_type, note.subject_id, note.project_id, status=409)
    return redirect(_anchor(note))


def _refused(
    request: HttpRequest, kind: str, ident: str, body: str, refused: Invalid | Conflict
) -> HttpResponse:
    error = refused.errors[0]["message"] if refused.errors else refused.detail
    project_id = notes.get(kind).project_of(request.caller.projects, ident)
    typed = {"body": body, "error": error}
    if request.htmx:
        return _panel(request, kind, ident, project_id, status=refused.status, **typed)
    context = panel.of(request.caller, kind, ident, project_id) | typed
    context["subject_href"] = notes.href(kind, ident)
    return render(request, "awooop/note_form.html", context, status=refused.status)


def _panel(
    request: HttpRequest, kind: str, ident: str, project_id: str, status: int = 200, **typed: Any
) -> HttpResponse:
    context = panel.of(request.caller, kind, ident, project_id) | typed | {"is_fragment": True}
    return render(request, "components/notes.html", context, status=status)


def _form(
    request: HttpRequest, note: Note, *, body: str, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "note": note,
        "body": body,
        "error": error,
        "most": panel.BODY_MOST,
        "subject_href": notes.href(note.subject_type, note.subject_id),
    }
    return render(request, "awooop/note_form.html", context, status=status)


def _anchor(note: Note) -> str:
    return f"{notes.href(note.subject_type, note.subject_id)}#note-{note.pk}"
