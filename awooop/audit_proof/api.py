"""The audit trail's proof: keys, anchors, exports."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from awooop import permissions
from awooop.actions import audit_exports
from awooop.audit_proof import documents, publishing
from awooop.models import AuditAnchor
from awooop.rest import GOVERN, PROBLEMS, READ, Body, ProjectId

router = Router(tags=["audit"])


class Anchor(Schema):
    """Where a project's chain stood, signed."""

    schema_version: str
    project_id: str
    number: int
    seq: int
    hash: str
    digest: str
    previous: str
    anchored_at: str
    key_id: str
    signature: str


class Anchors(Schema):
    anchors: list[Anchor]
    total: int


class ExportIn(Body):
    """A period of the trail: from `since` to before `until`."""

    project_id: ProjectId | None = None
    since: AwareDatetime
    until: AwareDatetime


@router.get("/platform/audit/anchors", response={200: Anchors, **PROBLEMS}, auth=READ)
def list_audit_anchors(
    request: HttpRequest,
    project_id: str | None = None,
    limit: Annotated[int, Field(ge=1, le=1000)] = 100,
):
    """The newest anchors of the chains, to be kept elsewhere."""
    projects = permissions.readable_projects(request.caller, project_id)
    rows = AuditAnchor.objects.filter(project_id__in=projects)
    found = [documents.document(row) for row in rows.order_by("-anchored_at", "-id")[:limit]]
    return {"anchors": found, "total": len(found)}


@router.post(
    "/platform/audit/exports",
    response={200: None, **PROBLEMS},
    auth=GOVERN,
    openapi_extra=publishing.ZIP,
)
def export_audit(request: HttpRequest, payload: ExportIn):
    """A period of the audit trail as a zip: CSV, JSON lines, proof, and a script to verify it."""
    caller = request.caller
    exported = audit_exports.export(
        by=caller,
        project_id=permissions.writable_project(caller, payload.project_id),
        since=payload.since,
        until=payload.until,
    )
    return publishing.as_file(exported)
