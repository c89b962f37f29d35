"""Notes on governance events."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from ninja import Status

from awooop.models.note import NoteSubject
from awooop.notes.api import NoteIn, NoteOut, Notes, listed, written
from awooop.rest import INGEST, PROBLEMS, READ
from governance.api.base import router

_PATH = "/ai/governance/events/{governance_event_id}/notes"
_KIND = NoteSubject.GOVERNANCE_EVENT


@router.get(_PATH, response={200: Notes, **PROBLEMS}, auth=READ)
def list_event_notes(
    request: HttpRequest, governance_event_id: UUID, project_id: str | None = None
):
    """What was noted on a governance event, oldest first, struck ones too."""
    return listed(request, _KIND, str(governance_event_id), project_id)


@router.post(_PATH, response={201: NoteOut, **PROBLEMS}, auth=INGEST)
def write_event_note(request: HttpRequest, governance_event_id: UUID, body: NoteIn):
    """Note something on a governance event."""
    return Status(201, written(request, _KIND, str(governance_event_id), body))
