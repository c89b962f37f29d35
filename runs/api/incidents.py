"""Incidents: the list, and the chain from alert to knowledge."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from pydantic import StringConstraints

from awooop import permissions
from awooop.audit_proof import publishing
from awooop.paging import PageRequest
from awooop.rest import GOVERN, PROBLEMS, READ, Page, PerPage
from runs.actions import incident_bundles
from runs.api.base import router
from runs.models import Approval, Execution, IncidentStatus, Severity
from runs.schemas.input_fields import IncidentId
from runs.schemas.outputs_incidents import IncidentChain, Incidents
from runs.selectors import incidents

Words = Annotated[str, StringConstraints(max_length=200)]
_TAGS = ["incidents"]


@router.get("/platform/incidents", response={200: Incidents, **PROBLEMS}, auth=READ, tags=_TAGS)
def list_incidents(
    request: HttpRequest,
    project_id: str | None = None,
    status: Literal[tuple(IncidentStatus.values)] | None = None,
    severity: Literal[tuple(Severity.values)] | None = None,
    q: Words = "",
    page: Page = 1,
    per_page: PerPage = 50,
    cursor: str | None = None,
):
    """Incidents, newest first; `q` is the start of an id, or words of the title."""
    found = incidents.newest(
        permissions.readable_projects(request.caller, project_id),
        request=PageRequest(page, per_page, cursor or None),
        status=status,
        severity=severity,
        q=q,
    )
    return {
        "incidents": found.items,
        "total": found.total,
        "total_is_exact": found.total_is_exact,
        "page": found.page,
        "per_page": found.per_page,
        "next_cursor": found.next_cursor,
    }


@router.get(
    "/platform/incidents/{incident_id}",
    response={200: IncidentChain, **PROBLEMS},
    auth=READ,
    tags=_TAGS,
)
def get_incident(request: HttpRequest, incident_id: IncidentId, project_id: str | None = None):
    """An incident with its runs, decisions, executions and evidence."""
    projects = permissions.readable_projects(request.caller, project_id)
    chain = incidents.chain(incidents.get(projects, incident_id))
    return {
        "incident": chain.incident,
        "runs": chain.runs,
        "approvals": [_approval(one) for one in chain.approvals],
        "evidence": chain.evidence,
        "executions": [_execution(one) for one in chain.executions],
        "remediations": chain.remediations,
        "knowledge": chain.knowledge,
    }


@router.post(
    "/platform/incidents/{incident_id}/bundle",
    response={200: None, **PROBLEMS},
    auth=GOVERN,
    tags=["audit"],
    openapi_extra=publishing.ZIP,
)
def bundle_incident(request: HttpRequest, incident_id: IncidentId, project_id: str | None = None):
    """All that is on record about an incident as a zip, with proof and a script to verify it."""
    projects = permissions.readable_projects(request.caller, project_id)
    incident = incidents.get(projects, incident_id)
    bundle = incident_bundles.bundle(
        by=request.caller, project_id=incident.project_id, incident_id=incident_id
    )
    return publishing.as_file(bundle)


def _approval(approval: Approval) -> dict[str, Any]:
    names = (
        "run_id", "tool_name", "suggested_action", "risk_level", "status", "required_approvals",
        "requested_at", "expires_at", "resolved_at", "disposition",
    )  # fmt: skip
    votes = sum(vote.decision == "approve" for vote in approval.votes.all())
    values = {name: getattr(approval, name) for name in names}
    return values | {"approval_id": approval.pk, "votes": votes}


def _execution(execution: Execution) -> dict[str, Any]:
    names = (
        "id", "run_id", "playbook_id", "success", "error_message", "human_approved",
        "predicted_confidence", "created_at",
    )  # fmt: skip
    name = execution.playbook.name if execution.playbook else None
    return {name: getattr(execution, name) for name in names} | {"playbook_name": name}
