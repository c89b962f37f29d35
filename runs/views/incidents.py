"""Incidents: the list, and the chain from the alert to what was learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from awooop import listing, paging, permissions, together
from awooop.actions import audit_exports
from awooop.audit_proof import publishing
from awooop.errors import Invalid
from awooop.listing import export
from awooop.listing.state import show
from awooop.models.note import NoteSubject
from awooop.notes import reads as notes
from runs import lists, status_chain
from runs.actions import incident_bundles
from runs.actions import incidents as actions
from runs.forms import IncidentFilter
from runs.incident_ids import is_incident_id
from runs.models import Incident, IncidentStatus, ResolutionType
from runs.policies import FINAL
from runs.selectors import incident_story
from runs.selectors import incidents as selectors
from runs.status_chain import drawing
from runs.views import list_rows

STORY_AT_MOST = 200
_CSV = (
    "incident_id", "project_id", "title", "severity", "status", "source", "recurrence_count",
    "opened_at", "last_seen_at", "resolved_at", "resolution_type", "disposition",
)  # fmt: skip


@require_safe
@listing.listed(lists.INCIDENTS)
def incident_list(request: HttpRequest) -> HttpResponseBase:
    """Incidents, newest first, narrowed by the filters of the address."""
    projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    form = IncidentFilter(request.GET)
    asked = paging.parse_request(
        request.GET.get("page"), request.GET.get("per_page", 50), request.GET.get("cursor")
    )
    filters = form.checked()
    if export.is_wanted(request):
        return _file(request, projects, filters)
    context = {
        "form": form,
        "page": selectors.newest(projects, request=asked, **filters),
        "is_filtered": bool(filters),
        "searched": selectors.SEARCHED,
        "clear_href": listing.cleared(request),
        "table": list_rows.INCIDENTS,
    }
    return show(request, "runs/incidents.html", context)


def _file(
    request: HttpRequest, projects: Sequence[str], filters: dict[str, Any]
) -> HttpResponseBase:
    def rows_of(project_id: str) -> QuerySet[Incident]:
        return selectors.filtered([project_id], **filters)

    rows = export.walk(projects, rows_of, selectors.NEWEST, export.of(_CSV))
    return export.respond(request, "incidents", _CSV, rows)


@require_safe
def incident_detail(request: HttpRequest, incident_id: str) -> HttpResponse:
    """One incident: from alert to knowledge."""
    incident = _incident(request, incident_id)
    chain, chains, (noted, is_active) = together.answers(
        selectors.asking(incident),
        status_chain.asking_of_incidents([incident]),
        together.all_of(
            notes.on(incident.project_id, NoteSubject.INCIDENT, incident_id),
            permissions.is_active(incident.project_id),
        ),
    )
    story = incident_story.of(chain, noted)
    context = {
        "chain": chain,
        "incident": incident,
        "noted": noted,
        "is_active": is_active,
        "steps": drawing.steps(chains[incident.pk]),
        "story": story[-STORY_AT_MOST:],
        "left_out": max(0, len(story) - STORY_AT_MOST),
        "may_resolve": is_active
        and incident.status != IncidentStatus.RESOLVED
        and permissions.can(request.caller, "incident.resolve", incident.project_id),
        "may_export": permissions.can(request.caller, audit_exports.OPERATION, incident.project_id),
        "at_work": sum(run.state not in FINAL for run in chain.runs),
    }
    return render(request, "runs/incident_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def resolve(request: HttpRequest, incident_id: str) -> HttpResponse:
    """Resolve an incident by hand; again changes nothing and says so.

    Whoever comes by its address, as after a login in between, is led to the incident.
    """
    incident = _incident(request, incident_id)
    if request.method != "POST":
        return redirect("incident-detail", incident_id=incident.incident_id)
    incident, did = actions.resolve(
        by=request.caller,
        project_id=incident.project_id,
        incident_id=incident.incident_id,
        resolution_type=ResolutionType.MANUAL,
    )
    if did:
        messages.success(request, _("%(id)s is resolved.") % {"id": incident.incident_id})
    else:
        messages.info(request, _("%(id)s was resolved already.") % {"id": incident.incident_id})
    return redirect("incident-detail", incident_id=incident.incident_id)


@require_http_methods(["GET", "HEAD", "POST"])
def bundle(request: HttpRequest, incident_id: str) -> HttpResponse:
    """All that is on record about an incident, as an archive that anybody can verify.

    Whoever comes by its address, as after a login in between, is led to the incident.
    """
    incident = _incident(request, incident_id)
    if request.method != "POST":
        return redirect("incident-detail", incident_id=incident.incident_id)
    return publishing.as_file(
        incident_bundles.bundle(
            by=request.caller,
            project_id=incident.project_id,
            incident_id=incident.incident_id,
        )
    )


def _incident(request: HttpRequest, incident_id: str) -> Incident:
    if not is_incident_id(incident_id):
        raise Invalid({"incident_id": _("must be like INC-20261121-7QX2")})
    return selectors.get(request.caller.projects, incident_id)
