"""What the API answers about events, dispatches and self-checks."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from awooop.rest import Answer


class Event(Answer):
    """What a self-check found; `impact` and `remediation` are one line each, `details` has all."""

    id: UUID
    project_id: str
    event_type: str
    subject: str
    severity: str
    triggered_at: datetime
    last_seen_at: datetime
    occurrences: int
    resolved: bool
    resolved_at: datetime | None
    resolved_by: str
    resolution_note: str
    impact: str
    details: Any
    remediation: str
    dispatch_ids: list[UUID]


class Events(Answer):
    """One page of events, newest first."""

    items: list[Event]
    total: int
    total_is_exact: bool
    page: int
    size: int
    next_cursor: str | None


class QueuedDispatch(Answer):
    """A tracked piece of work. What its worker has not told yet is null."""

    id: UUID
    project_id: str
    governance_event_id: UUID
    event_type: str
    subject: str
    dispatch_status: str
    executor_type: str
    proposed_action: str
    playbook_id: UUID | None
    playbook_trust: Decimal | None
    created_at: datetime
    dispatched_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None
    operator_note: str
    owner: str
    attempt_count: int
    max_attempts: int
    created_by: str
    decision_path: Any
    workflow_stage: str | None
    workflow_steps: list[str] | None
    next_action: str | None
    lead_agent: Any
    support_agents: Any
    human_owner: Any
    kb_draft_entry_id: Any
    worker_status: Any
    dry_run_plan_fingerprint: Any
    archived_count: Any
    stale_ratio_snapshot: Any


class Queue(Answer):
    """One page of dispatches, newest first; `table_pending` says that the table exists."""

    items: list[QueuedDispatch]
    total: int
    total_is_exact: bool
    page: int
    size: int
    next_cursor: str | None
    table_pending: bool = False


class DailyCount(Answer):
    """The events of one calendar day."""

    date: date
    total: int
    by_type: dict[str, int]


class GovernanceSummary(Answer):
    """The window's events. `unresolved_before_window` are older ones that are open still: they are
    in no other number here. `time_zone` is the one whose days are counted."""

    compliance_rate: float
    total_events: int
    unresolved_count: int
    unresolved_before_window: int
    daily_counts: list[DailyCount]
    days: int
    time_zone: str
    writes_on_read: bool = False


class SelfCheckAnswer(Answer):
    """What the checks answered, by project and check.

    `skipped` are projects that were checked less than a minute ago; `errors` are checks that
    failed; `opened` and `resolved` are ids of events.
    """

    results: dict[str, dict[str, Any]]
    skipped: list[str]
    errors: dict[str, str]
    timings_ms: dict[str, float]
    opened: list[UUID]
    resolved: list[UUID]
