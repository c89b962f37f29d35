"""What waits for a decision. Decisions are in `runs.api.decisions`."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.http import HttpRequest

from awooop import permissions, together
from awooop.paging import PageRequest
from awooop.rest import PROBLEMS, READ, Page, PerPage
from runs.api.base import router
from runs.models import RemediationStatus, RiskLevel
from runs.schemas.outputs_approvals import WaitingApprovals
from runs.selectors import approvals, remediation

Status = Literal[tuple(RemediationStatus.values)]
Risk = Literal[tuple(RiskLevel.values)]


@router.get(
    "/platform/approvals",
    response={200: WaitingApprovals, **PROBLEMS},
    auth=READ,
    tags=["approvals"],
)
def list_approvals(
    request: HttpRequest,
    project_id: str | None = None,
    run_id: UUID | None = None,
    remediation_status: Status | None = None,
    risk_level: Risk | None = None,
    page: Page = 1,
    per_page: PerPage = 50,
    cursor: str | None = None,
):
    """What waits for a decision, oldest first; overdue ones are listed and marked."""
    projects = permissions.readable_projects(request.caller, project_id)
    found = approvals.waiting(
        projects,
        request=PageRequest(page, per_page, cursor or None),
        run_id=run_id,
        remediation_status=remediation_status,
        risk_level=risk_level,
    )
    _voted, summaries, chains = together.answers(
        approvals.asking_votes(found.items, projects),
        remediation.asking([one.run for one in found.items if one.run]),
        approvals.asking_chains(found.items),
    )
    rows = [
        approvals.as_row(one, summaries.get(one.run_id), chains.get(one.pk)) for one in found.items
    ]
    return {
        "approvals": rows,
        "items": rows,
        "total": found.total,
        "total_is_exact": found.total_is_exact,
        "page": found.page,
        "per_page": found.per_page,
        "next_cursor": found.next_cursor,
    }
