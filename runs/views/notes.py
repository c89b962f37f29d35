"""Notes on runs and incidents."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from awooop.errors import Invalid
from awooop.models.note import NoteSubject
from awooop.notes import views
from runs.incident_ids import is_incident_id


@require_http_methods(["GET", "HEAD", "POST"])
def of_run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Write a note on a run."""
    return views.write(request, NoteSubject.RUN, str(run_id))


@require_http_methods(["GET", "HEAD", "POST"])
def of_incident(request: HttpRequest, incident_id: str) -> HttpResponse:
    """Write a note on an incident."""
    if not is_incident_id(incident_id):
        raise Invalid({"incident_id": _("must be like INC-20261121-7QX2")})
    return views.write(request, NoteSubject.INCIDENT, incident_id)
