"""What is journalled: one record, or a list of up to 1,000."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AliasChoices, Field, ValidationInfo, field_validator

from runs.models import (
    CallbackAction,
    McpStatus,
    MessageType,
    RemediationMode,
    Severity,
    VerificationResult,
)
from runs.schemas.batches import one_or_many
from runs.schemas.input_fields import (
    Content,
    Count,
    Flag,
    IncidentId,
    IncidentIdOrNone,
    InProject,
    Json,
    Moment,
    Name32,
    Name64,
    Name128,
    Name255,
    NewIncidentId,
    Share,
    StepSeq,
    Text20,
    Text32,
    Text64,
    Text128,
    Text255,
    Text500,
    Text2000,
)

# A worker that could write these would write an operator's decision into the journal.
_RESERVED = "operator_console."
_DECIDING = frozenset({"approve", "reject"})


class StepIn(InProject):
    """One journalled action; the same `step_seq` with the same tool again is a no-op."""

    step_id: UUID | None = None
    step_seq: StepSeq
    tool_name: Name128
    result_status: Name32 = "success"
    summary: Text500 = ""
    was_blocked: Flag = False
    block_reason: Text500 | None = None
    error_code: Text64 | None = None
    latency_ms: Count | None = None
    created_at: Moment | None = None
    completed_at: Moment | None = None

    @field_validator("tool_name")
    @classmethod
    def _is_not_reserved(cls, value: str) -> str:
        if value.strip().casefold().startswith(_RESERVED):
            raise ValueError(f"must not begin with {_RESERVED}: that is for people's decisions")
        return value


class McpCallIn(InProject):
    """One tool call that went through the gateway; the same `call_id` again is a no-op."""

    call_id: UUID | None = None
    agent_id: Name128 | None = Field(None, description="Absent: the run's agent.")
    tool_name: Name128
    result_status: McpStatus
    block_gate: Text32 | None = None
    block_reason: Text500 | None = None
    gate_result: Json = {}
    latency_ms: Count | None = None
    created_at: Moment | None = None


class MessageIn(InProject):
    """Something that was sent, or (`queued`) is to be sent by the outbox."""

    message_id: UUID | None = None
    channel_type: Name32 = "telegram"
    message_type: MessageType
    recipient: Text255 = Field("", description="Empty and queued: the project's operators.")
    content: Content = ""
    content_preview: Text500 | None = None
    send_status: Literal["queued", "sent", "failed", "dead"] = "queued"
    buttons: Annotated[list[Json], Field(max_length=20)] = []
    send_error: Text500 | None = None
    provider_message_id: Text64 | None = None
    queued_at: Moment | None = None
    sent_at: Moment | None = None
    triggered_by_state: Text20 | None = None
    callback_action: CallbackAction | None = None
    incident_id: IncidentId | None = None

    @field_validator("buttons")
    @classmethod
    def _offer_no_decision(cls, value: list[Json], info: ValidationInfo) -> list[Json]:
        """An agent may not have a button sent that decides: approval requests ask by themselves."""
        offered = {str(button.get("action")) for button in value}
        if info.data.get("send_status") == "queued" and offered & _DECIDING:
            raise ValueError("approve and reject are offered by approval requests only")
        return value


class ChannelEventIn(InProject):
    """Something received; a repeat of a `provider_event_id` is stored and marked as a duplicate."""

    event_id: UUID | None = None
    run_id: UUID | None = None
    channel_type: Name32
    provider_event_id: Name255
    channel_chat_id: Text128 = ""
    content: Content = Field(
        "",
        validation_alias=AliasChoices("content", "content_redacted"),
        description="Kept as `content_redacted`, without its secrets; may be sent by either name.",
    )
    content_preview: Text500 | None = Field(
        None, description="Absent: the first 500 characters of the content."
    )
    received_at: Moment | None = None
    source_envelope: Json = {}


class IncidentIn(InProject):
    """An incident to be opened; the same `incident_id` again is a no-op."""

    incident_id: NewIncidentId | None = None
    title: Name255
    severity: Severity = Severity.WARNING
    status: Literal["open", "investigating"] = "open"
    source: Name64 = "api"
    fingerprint: Text64 = ""
    labels: Json = {}
    annotations: Json = {}
    recurrence_count: Count = 0
    opened_at: Moment | None = None
    last_seen_at: Moment | None = None


class ExecutionIn(InProject):
    """One execution of a repair; the same `id` again is a no-op."""

    id: UUID | None = None
    run_id: UUID | None = None
    playbook_id: UUID | None = None
    success: Flag
    error_message: Text2000 | None = None
    human_approved: Flag = False
    predicted_confidence: Share | None = None
    created_at: Moment | None = None

    @field_validator("predicted_confidence")
    @classmethod
    def _to_thousandths(cls, value: Any) -> Any:
        return None if value is None else round(value, 3)


class EvidenceIn(InProject):
    """The verification of an execution; the same `id` again is a no-op."""

    id: UUID | None = None
    run_id: UUID | None = None
    execution_id: UUID | None = None
    verification_result: VerificationResult | None = None
    snapshot: Json = {}
    collected_at: Moment | None = None


class RemediationIn(InProject):
    """One dry run or execution of a remedy; unknown (null) and false are different answers."""

    id: UUID | None = None
    work_item_id: Text128 = ""
    mode: RemediationMode
    agent_id: Text128 = ""
    tool_name: Text128 = ""
    required_scope: Literal["read", "write"] | None = None
    allowed: Flag | None = None
    success: Flag | None = None
    verification_result_preview: Text500 = ""
    writes_incident_state: Flag | None = None
    writes_auto_repair_result: Flag | None = None
    details: Json = {}
    created_at: Moment | None = None


class LegacyMcpIn(InProject):
    """One tool call made outside the gateway; the same `id` again is a no-op."""

    id: UUID | None = None
    session_id: Text128 = ""
    flywheel_node: Text128 = ""
    mcp_server: Name128
    tool_name: Name128
    duration_ms: Count | None = None
    success: Flag | None = None
    error_message: Text2000 | None = None
    incident_id: IncidentIdOrNone = ""
    agent_role: Text128 = ""
    created_at: Moment | None = None


Steps = one_or_many(StepIn)
McpCalls = one_or_many(McpCallIn)
Messages = one_or_many(MessageIn)
ChannelEvents = one_or_many(ChannelEventIn)
Incidents = one_or_many(IncidentIn)
Executions = one_or_many(ExecutionIn)
EvidenceRecords = one_or_many(EvidenceIn)
Remediations = one_or_many(RemediationIn)
LegacyMcpRecords = one_or_many(LegacyMcpIn)
