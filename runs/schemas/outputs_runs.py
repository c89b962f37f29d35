"""What the API answers about runs and channel events."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from awooop.rest import Answer
from runs.schemas.outputs_truth_chain import StatusChain
from runs.selectors.remediation import RemediationSummary


class RunRow(Answer):
    """A run in a list."""

    run_id: UUID
    project_id: str
    agent_id: str
    state: str
    is_shadow: bool
    cost_usd: Decimal
    step_count: int
    created_at: datetime
    timeout_at: datetime | None
    remediation_summary: RemediationSummary


class Runs(Answer):
    """A page of runs, newest first."""

    runs: list[RunRow]
    total: int
    total_is_exact: bool
    page: int
    per_page: int
    next_cursor: str | None


class RunCore(Answer):
    """Every field of a run, and its incidents in order of discovery."""

    run_id: UUID
    project_id: str
    agent_id: str
    state: str
    is_shadow: bool
    trace_id: str
    trigger_type: str
    trigger_ref: str
    worker_id: str | None
    cost_usd: Decimal
    step_count: int
    attempt_count: int
    max_attempts: int
    error_code: str | None
    error_detail: str | None
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    timeout_at: datetime | None
    heartbeat_at: datetime | None
    remediation_status: str
    incident_ids: list[str]


class RunFields(RunCore):
    """A run, and its remediation in short."""

    remediation_summary: RemediationSummary


class TimelineItemOut(Answer):
    """One line of a run's story."""

    ts: datetime
    kind: str
    title: str
    status: str | None
    summary: str | None
    metadata: dict[str, Any]


class RunDetail(Answer):
    """A run with everything known of it; lists hold the latest 100, `counts` says how many exist.

    `timeline` is a page of 100 items; go on with `timeline_next_cursor` (later) and
    `timeline_prev_cursor` (earlier). `status_chain` is that of the run's first incident, null where
    it belongs to none.
    """

    run: RunFields
    steps: list[dict[str, Any]]
    inbound_events: list[dict[str, Any]]
    outbound_messages: list[dict[str, Any]]
    mcp_calls: list[dict[str, Any]]
    mcp_gateway: dict[str, Any]
    mcp_legacy: dict[str, Any]
    remediation_history: dict[str, Any]
    status_chain: StatusChain | None
    timeline: list[TimelineItemOut]
    timeline_next_cursor: str | None
    timeline_prev_cursor: str | None
    counts: dict[str, int]


class ChannelEventRow(Answer):
    """An inbound channel event in a list."""

    event_id: UUID
    project_id: str
    channel_type: str
    provider_event_id: str
    channel_chat_id: str
    content_preview: str
    is_duplicate: bool
    received_at: datetime


class ChannelEvents(Answer):
    """A page of channel events, newest first."""

    events: list[ChannelEventRow]
    total: int
    total_is_exact: bool
    limit: int
    next_cursor: str | None
