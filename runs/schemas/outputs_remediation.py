"""What the API answers about SLOs and the remediation queue."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from awooop.rest import Answer


class SloVerdict(Answer):
    """One SLO: `value` is null where nothing was measured, which is never ok."""

    model_config = ConfigDict(extra="allow")

    name: str
    status: str
    value: float | None
    target: float
    hard_red_line: float
    direction: str
    gap: float | None
    reason: str | None
    hint: str | None
    evaluated_at: datetime | None


class SloMeta(Answer):
    violated_count: int
    skipped_count: int
    ok_count: int
    error_count: int
    all_status: dict[str, str]
    all_skipped: bool
    status: str


class SloEvaluation(Answer):
    """A project's latest evaluation; `is_stale` where it is older than two hours, or missing."""

    model_config = ConfigDict(populate_by_name=True)

    project_id: str
    evaluated_at: datetime | None
    is_stale: bool
    slos: dict[str, SloVerdict]
    meta: SloMeta = Field(alias="_meta")


class QueueItem(Answer):
    work_item_id: str
    evidence_id: UUID
    project_id: str
    incident_id: str
    incident_title: str | None
    recurrence_count: int | None
    run_id: UUID | None
    agent_id: str | None
    verification_result: str
    collected_at: datetime
    playbook_id: UUID | None
    playbook: str | None
    playbook_status: str | None
    trust_score: Decimal | None
    attempts: int
    action: str
    ready_for_ai: bool
    why: str


class RemediationQueue(Answer):
    """What verification has left to do: the newest 1,000 are counted, and no further."""

    total: int
    total_is_exact: bool
    ready_for_ai: int
    human: int
    by_action: dict[str, int]
    items: list[QueueItem]


class VerificationCoverage(Answer):
    remediation_queue: RemediationQueue


class Adr100(Answer):
    verification_coverage: VerificationCoverage


class Slos(Answer):
    """The latest evaluation of each project, and what verification has left to do."""

    evaluations: list[SloEvaluation]
    adr100: Adr100


class DryRunOut(Answer):
    work_item_id: str
    action: str
    ready_for_ai: bool
    why: str
    allowed: bool
    block_gate: str | None
    block_reason: str | None
    gate_result: dict[str, Any]
    required_scope: str
    record_id: UUID
    incident_id: str
    writes_incident_state: bool
    writes_auto_repair_result: bool


class HistoryRecord(Answer):
    id: UUID
    project_id: str
    incident_id: str
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
    details: dict[str, Any]
    created_at: datetime


class History(Answer):
    items: list[HistoryRecord]
    total: int
    total_is_exact: bool
    limit: int
