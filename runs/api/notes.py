"""Notes on runs and incidents."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from ninja import Status

from awooop.models.note import NoteSubject
from awooop.notes.api import NoteIn, NoteOut, Notes, listed, written
from awooop.rest import INGEST, PROBLEMS, READ
from runs.api.base import router
from runs.schemas.input_fields import IncidentId

_LIST = {200: Notes, **PROBLEMS}
_MADE = {201: NoteOut, **PROBLEMS}
_TAGS = ["notes"]


@router.get("/platform/runs/{run_id}/notes", response=_LIST, auth=READ, tags=_TAGS)
def list_run_notes(request: HttpRequest, run_id: UUID, project_id: str | None = None):
    """What was noted on a run, oldest first, struck ones too."""
    return listed(request, NoteSubject.RUN, str(run_id), project_id)


@router.post("/platform/runs/{run_id}/notes", response=_MADE, auth=INGEST, tags=_TAGS)
def write_run_note(request: HttpRequest, run_id: UUID, body: NoteIn):
    """Note something on a run."""
    return Status(201, written(request, NoteSubject.RUN, str(run_id), body))


@router.get("/platform/incidents/{incident_id}/notes", response=_LIST, auth=READ, tags=_TAGS)
def list_incident_notes(
    request: HttpRequest, incident_id: IncidentId, project_id: str | None = None
):
    """What was noted on an incident, oldest first, struck ones too."""
    return listed(request, NoteSubject.INCIDENT, incident_id, project_id)


@router.post("/platform/incidents/{incident_id}/notes", response=_MADE, auth=INGEST, tags=_TAGS)
def write_incident_note(request: HttpRequest, incident_id: IncidentId, body: NoteIn):
    """Note something on an incident."""
    return Status(201, written(request, NoteSubject.INCIDENT, incident_id, body))
