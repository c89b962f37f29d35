"""What the API answers about approvals."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from awooop.rest import Answer
from runs.schemas.outputs_truth_chain import StatusChain
from runs.selectors.remediation import RemediationSummary


class Vote(Answer):
    """One approver's word."""

    approver: str
    decision: str
    reason: str
    created_at: datetime


class WaitingApproval(Answer):
    """A decision asked for; `votes` is how many have approved so far.

    `created_at` is when it was asked for, `timeout_at` is the run's; an overdue one (`is_overdue`)
    can no longer be decided. `awooop_status_chain` is that of its incident, null where it names
    none.
    """

    run_id: UUID | None
    approval_id: UUID
    project_id: str
    agent_id: str | None
    tool_name: str
    arguments: Any
    digest: str
    suggested_action: str
    risk_level: str
    incident_id: str | None
    created_at: datetime
    expires_at: datetime | None
    timeout_at: datetime | None
    is_overdue: bool
    required_approvals: int
    votes: int
    votes_detail: list[Vote]
    remediation_summary: RemediationSummary | None
    awooop_status_chain: StatusChain | None


class WaitingApprovals(Answer):
    """What waits, oldest first; `items` is the same list."""

    approvals: list[WaitingApproval]
    items: list[WaitingApproval]
    total: int
    total_is_exact: bool
    page: int
    per_page: int
    next_cursor: str | None
