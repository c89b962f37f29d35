"""What the rooms' endpoints of notes share: schemas and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema

from awooop import notes, permissions
from awooop.actions import notes as actions
from awooop.notes import reads
from awooop.rest import Body


class NoteIn(Body):
    """A note as it is written: Markdown, at most 4,000 characters."""

    body: str


class NoteOut(Schema):
    """A note; `struck_at` says that it was struck out, not that it is gone."""

    note_id: UUID
    project_id: str
    subject_type: str
    subject_id: str
    body: str
    author: str
    version: int
    created_at: datetime
    edited_at: datetime | None
    struck_at: datetime | None
    struck_by: str


class Notes(Schema):
    """The notes on one thing, oldest first."""

    notes: list[NoteOut]
    total: int


def listed(request: HttpRequest, kind: str, ident: str, project_id: str | None) -> dict[str, Any]:
    """Answer the notes on one thing; raises NotFound."""
    projects = permissions.readable_projects(request.caller, project_id)
    found = reads.of(notes.get(kind).project_of(projects, ident), kind, ident)
    return {"notes": [reads.as_row(note) for note in found], "total": len(found)}


def written(request: HttpRequest, kind: str, ident: str, body: NoteIn) -> dict[str, Any]:
    """Write a note; raises as the action does."""
    return reads.as_row(actions.write(by=request.caller, kind=kind, ident=ident, body=body.body))
