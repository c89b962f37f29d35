"""What the API answers about incidents."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from awooop.rest import Answer


class IncidentOut(Answer):
    """An incident, from open to resolved."""

    incident_id: str
    project_id: str
    title: str
    severity: str
    status: str
    source: str
    fingerprint: str
    labels: dict[str, Any]
    annotations: dict[str, Any]
    recurrence_count: int
    opened_at: datetime
    last_seen_at: datetime
    resolved_at: datetime | None
    resolution_type: str | None
    disposition: str | None


class Incidents(Answer):
    """A page of incidents, newest first."""

    incidents: list[IncidentOut]
    total: int
    total_is_exact: bool
    page: int
    per_page: int
    next_cursor: str | None


class IncidentRun(Answer):
    """A run that mentions the incident."""

    run_id: UUID
    agent_id: str
    state: str
    is_shadow: bool
    cost_usd: Decimal
    step_count: int
    error_code: str | None
    remediation_status: str
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    timeout_at: datetime | None


class IncidentApproval(Answer):
    """A decision that was asked for about the incident."""

    approval_id: UUID
    run_id: UUID | None
    tool_name: str
    suggested_action: str
    risk_level: str
    status: str
    required_approvals: int
    votes: int
    requested_at: datetime
    expires_at: datetime | None
    resolved_at: datetime | None
    disposition: str | None


class IncidentExecution(Answer):
    """An execution of a repair."""

    id: UUID
    run_id: UUID | None
    playbook_id: UUID | None
    playbook_name: str | None
    success: bool
    error_message: str | None
    human_approved: bool
    predicted_confidence: Decimal | None
    created_at: datetime


class IncidentEvidence(Answer):
    """The verification of an execution."""

    id: UUID
    run_id: UUID | None
    execution_id: UUID | None
    verification_result: str | None
    snapshot: Any
    collected_at: datetime


class IncidentRemediation(Answer):
    """A dry run or execution of a remedy."""

    id: UUID
    work_item_id: str
    mode: str
    agent_id: str
    tool_name: str
    required_scope: str | None
    allowed: bool | None
    success: bool | None
    verification_result_preview: str
    writes_incident_state: bool | None
    writes_auto_repair_result: bool | None
    created_at: datetime


class IncidentChain(Answer):
    """An incident from alert to knowledge; each list is newest first, at most 100 of each."""

    incident: IncidentOut
    runs: list[IncidentRun]
    approvals: list[IncidentApproval]
    evidence: list[IncidentEvidence]
    executions: list[IncidentExecution]
    remediations: list[IncidentRemediation]
    knowledge: list[dict[str, Any]]
