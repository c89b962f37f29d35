"""Notes on governance events."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from awooop.models.note import NoteSubject
from awooop.notes import views


@require_http_methods(["GET", "HEAD", "POST"])
def of_event(request: HttpRequest, governance_event_id: UUID) -> HttpResponse:
    """Write a note on a governance event."""
    return views.write(request, NoteSubject.GOVERNANCE_EVENT, str(governance_event_id))
