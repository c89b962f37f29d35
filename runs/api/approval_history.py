"""What became of the approvals that are over."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from awooop import permissions
from awooop.paging import PageRequest
from awooop.rest import PROBLEMS, READ, Page, PerPage
from runs.api.base import router
from runs.models import RiskLevel
from runs.schemas.input_fields import IncidentId, Moment
from runs.schemas.outputs_approvals import Vote
from runs.selectors import approval_history as selectors

Outcome = Literal[tuple(status.value for status in selectors.OVER)]
Risk = Literal[tuple(RiskLevel.values)]
Label = Annotated[str, Field(max_length=254)]


class EndedApproval(Schema):
    """An approval that is over: what was asked, what came of it, by whose votes, how long it
    waited (`waited_s`)."""

    approval_id: UUID
    run_id: UUID | None
    project_id: str
    agent_id: str | None
    incident_id: str | None
    tool_name: str
    suggested_action: str
    arguments: Any
    digest: str
    risk_level: str
    outcome: str
    created_at: datetime
    expires_at: datetime | None
    resolved_at: datetime
    waited_s: int
    required_approvals: int
    votes_detail: list[Vote]


class EndedApprovals(Schema):
    """What is over, newest first."""

    approvals: list[EndedApproval]
    total: int
    total_is_exact: bool
    page: int
    per_page: int
    next_cursor: str | None


@router.get(
    "/platform/approvals/history",
    response={200: EndedApprovals, **PROBLEMS},
    auth=READ,
    tags=["approvals"],
)
def list_approval_history(
    request: HttpRequest,
    project_id: str | None = None,
    outcome: Outcome | None = None,
    risk_level: Risk | None = None,
    agent_id: Label | None = None,
    tool_name: Label | None = None,
    incident_id: IncidentId | None = None,
    approver: Label | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    page: Page = 1,
    per_page: PerPage = 50,
    cursor: str | None = None,
):
    """What was approved, rejected, expired or cancelled, newest first; `since` and `until` are
    about when it was asked, `approver` is the label of who voted."""
    filters = selectors.Filters(
        outcome=outcome,
        risk_level=risk_level,
        agent_id=agent_id,
        tool_name=tool_name,
        incident_id=incident_id,
        approver=approver,
        since=since,
        until=until,
    )
    found = selectors.history(
        permissions.readable_projects(request.caller, project_id),
        request=PageRequest(page, per_page, cursor or None),
        filters=filters,
    )
    return {
        "approvals": [selectors.as_row(one) for one in found.items],
        "total": found.total,
        "total_is_exact": found.total_is_exact,
        "page": found.page,
        "per_page": found.per_page,
        "next_cursor": found.next_cursor,
    }
