"""Status chains, and how complete a project's latest ones are."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from awooop import permissions
from awooop.rest import PROBLEMS, READ
from runs import status_chain
from runs.api.base import router
from runs.schemas.input_fields import IncidentId
from runs.schemas.outputs_truth_chain import QualitySummary, StatusChain
from runs.selectors import incidents
from runs.truth_chain import stored, summary

Limit = Annotated[int, Field(ge=1, le=summary.MOST)]
_TAGS = ["incidents"]


@router.get(
    "/platform/truth-chain/quality/summary",
    response={200: QualitySummary, **PROBLEMS},
    auth=READ,
    tags=_TAGS,
)
def get_quality_summary(
    request: HttpRequest,
    project_id: str | None = None,
    limit: Limit = summary.LIMIT,
    refresh: bool = False,
):
    """How complete the chains of the latest `limit` incidents are.

    The stored summary is served until it is 60 s old; `refresh` measures again.
    """
    projects = permissions.readable_projects(request.caller, project_id)
    return stored.get(projects, limit=limit, refresh=refresh)


@router.get(
    "/platform/truth-chain/{incident_id}",
    response={200: StatusChain, **PROBLEMS},
    auth=READ,
    tags=_TAGS,
)
def get_status_chain(request: HttpRequest, incident_id: IncidentId, project_id: str | None = None):
    """An incident's stages from the alert to what was learned: what is on record, what is missing,
    and what to do next."""
    projects = permissions.readable_projects(request.caller, project_id)
    incident = incidents.get(projects, incident_id)
    return status_chain.of_incidents([incident])[incident.incident_id].as_dict()
