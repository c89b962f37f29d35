"""What a write answers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from awooop.rest import Answer
from runs.schemas.outputs_runs import RunCore


class WrittenOut(Answer):
    """What a list (or a single record) did; `written` and `duplicates` add up to its rows."""

    written: int = Field(description="Rows stored by this call.")
    duplicates: int = Field(description="Rows that were there already: nothing was done.")
    ids: list[UUID | str] = Field(description="Each row's id, in the order of the body.")


class EventsOut(Answer):
    """What a list of channel events did."""

    written: int = Field(description="Rows stored by this call, repeats included.")
    duplicates: int = Field(
        description="Rows that are no originals: repeats (stored, marked) and those there already."
    )
    ids: list[UUID] = Field(description="Each row's event_id, in the order of the body.")


class StepsOut(WrittenOut):
    """What was journalled, and where the journal stands."""

    run_id: UUID
    step_count: int
    next_step_seq: int


class RunOut(RunCore):
    """A run as its worker sees it; `next_step_seq` is the number that its next step gets."""

    next_step_seq: int


class StopNotice(Answer):
    """A kill switch that holds the run: nothing that it asks for is authorised."""

    stop_id: UUID
    scope: str
    reason: str
    stopped_at: datetime


class HeartbeatOut(RunOut):
    """A run as its worker sees it, and whether it is stopped: then it should end by itself."""

    stop: StopNotice | None = Field(description="Holds the whole run: all, its project, its agent.")
    stopped_tools: list[str] = Field(description="Tools that are stopped here, whoever calls.")


class ApprovalOut(Answer):
    """An approval that waits."""

    approval_id: UUID
    run_id: UUID | None
    project_id: str
    incident_id: str | None
    tool_name: str
    risk_level: str
    status: str
    digest: str = Field(description="Of run, tool, arguments, contract revision and expiry.")
    required_approvals: int
    requested_at: datetime
    expires_at: datetime | None


class TokenOut(Answer):
    """A token to redeem, for the worker that holds the run."""

    run_id: UUID
    tool_name: str
    approval_token_jti: UUID
    approval_token: str
    expires_at: datetime


class DecisionOut(Answer):
    """What a decision did; the token only where this decision ended the approval by approving."""

    run_id: UUID | None
    decision: str
    new_state: str
    approval_token_jti: UUID | None
    approval_token: str | None


class RedeemedOut(Answer):
    """A token that was used up by this call."""

    approval_token_jti: UUID
    approval_id: UUID
    run_id: UUID | None
    tool_name: str
    redeemed_at: datetime


class ResolvedOut(Answer):
    """An incident's end; `already_resolved` where it had come before this call."""

    incident_id: str
    project_id: str
    status: str
    resolution_type: str
    disposition: str
    resolved_at: datetime
    already_resolved: bool
