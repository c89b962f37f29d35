"""What a worker or an operator's program asks for, one thing at a time."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from awooop.rest import Body
from runs.models import Decision, ResolutionType, RiskLevel
from runs.schemas.input_fields import (
    Cost,
    Flag,
    IncidentId,
    InProject,
    Json,
    Moment,
    Name32,
    Name128,
    Reason,
    Text64,
    Text128,
    Text255,
    Text500,
    Text4000,
    Text10000,
)

# From a second to thirty days.
Seconds = Annotated[int, Field(strict=True, ge=1, le=30 * 86_400)]
ReportedState = Literal["pending", "completed", "failed", "cancelled", "timed_out"]


class RunIn(InProject):
    """A run to be queued; with the same `run_id` and body again it is the same run."""

    run_id: UUID | None = None
    agent_id: Name128
    is_shadow: Flag = False
    trace_id: Text64 = ""
    trigger_type: Name32 = "api"
    trigger_ref: Text255 = ""
    max_attempts: Annotated[int, Field(strict=True, ge=1, le=100)] = 3
    timeout_at: Moment | None = None


class ClaimIn(InProject):
    """Which agent asks for work, and which of its workers."""

    agent_id: Name128
    worker_id: Name128


class WorkerIn(InProject):
    """Which of the key's workers speaks; absent: whichever holds the run."""

    worker_id: Text128 | None = None


class TransitionIn(WorkerIn):
    """What has become of the run, by its worker's word."""

    state: ReportedState
    error_code: Text64 | None = None
    error_detail: Text10000 | None = None
    cost_usd: Cost | None = None


class ApprovalRequestIn(WorkerIn):
    """The action that needs a person's decision; `arguments` are bound to it. `playbook_id` names
    the recipe that it follows: its record is shown beside the decision."""

    tool_name: Name128
    suggested_action: Text4000
    risk_level: RiskLevel = RiskLevel.MEDIUM
    incident_id: IncidentId | None = None
    expires_in_s: Seconds | None = None
    required_approvals: Annotated[int, Field(strict=True, ge=1, le=20)] = 1
    playbook_id: UUID | None = None
    arguments: Json = {}


class CancelIn(InProject):
    """Why the run is to end."""

    reason: Reason


class ResolveIncidentIn(InProject):
    """How the incident ended."""

    resolution_type: ResolutionType


class DecideIn(InProject):
    """The decision on the approval that a run waits for."""

    decision: Decision
    reason: Text500 = ""


class ExtendIn(InProject):
    """How much more time, and why."""

    seconds: Annotated[int, Field(strict=True, ge=60, le=30 * 86_400)]
    reason: Reason


class RedeemIn(Body):
    """A token and the tool it is used for; `run_id` and `arguments` are checked where given."""

    token: Annotated[str, Field(min_length=1, max_length=4_096)]
    tool_name: Name128
    run_id: UUID | None = None
    arguments: Json | None = None
