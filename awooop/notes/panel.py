"""What the panel of notes shows: the same on a page, and in answer to what is done in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from awooop import markdown, permissions, together
from awooop.callers import Caller
from awooop.models import Note
from awooop.models.note import BODY_MOST, NoteSubject
from awooop.notes import policies, reads

# The name of the address where a note on each kind is written, and of its part.
_WRITE = {
    NoteSubject.RUN: ("run-notes", "run_id"),
    NoteSubject.INCIDENT: ("incident-notes", "incident_id"),
    NoteSubject.GOVERNANCE_EVENT: ("governance-event-notes", "governance_event_id"),
}


def of(
    caller: Caller,
    kind: str,
    ident: str,
    project_id: str,
    noted: Sequence[Note] | None = None,
    is_active: bool | None = None,
) -> dict[str, Any]:
    """Answer the panel of one thing: its notes and whether the reader may write.

    Where the notes, and whether the project is on, are not given, they are read: one statement.
    """
    name, part = _WRITE[NoteSubject(kind)]
    found, is_on = together.read(
        reads.on(project_id, kind, ident) if noted is None else together.nothing(noted),
        permissions.is_active(project_id) if is_active is None else together.nothing(is_active),
    )
    may_write = is_on and permissions.can(caller, "note.write", project_id)
    return {
        "entries": [shown(caller, note, may_write=may_write) for note in found],
        "may_write": may_write,
        "write_href": reverse(name, kwargs={part: ident}),
        "most": BODY_MOST,
    }


def shown(caller: Caller, note: Note, *, may_write: bool) -> dict[str, Any]:
    """Answer a note as a template shows it: its words as safe HTML, and what may be done to it."""
    return {
        "note": note,
        "html": markdown.render(note.body),
        "may_edit": may_write and policies.passes(policies.check_editable, caller, note),
        "may_strike": may_write and policies.passes(policies.check_strikable, caller, note),
    }


def address(name: str, note: Note) -> str:
    """Answer the address of what is done to a note."""
    return reverse(name, args=[note.pk])
