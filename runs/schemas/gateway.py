"""What the gateway is asked, and what it answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator

from awooop.rest import Answer
from runs.models import GateScope
from runs.schemas.input_fields import Count, InProject, Json, Name128, Text128

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$", max_length=64)]
MOST_HINTS = 20


class AuthorizeIn(InProject):
    """The call that an agent wants to make for its run."""

    run_id: UUID
    agent_id: Name128
    tool_name: Name128
    required_scope: GateScope
    arguments_digest: Digest | None = Field(
        None,
        description="SHA-256 of the arguments' canonical JSON, 64 hex digits (docs/gateway.md).",
    )
    approval_token: Annotated[str, StringConstraints(max_length=4_096)] | None = None
    annotations: Json | None = Field(
        None, description="The MCP server's annotations of the tool: kept as untrusted hints."
    )
    call_id: UUID | None = Field(
        None, description="Chosen by the client, it makes a retry safe: the first verdict again."
    )
    worker_id: Text128 | None = None

    @field_validator("annotations")
    @classmethod
    def _few_and_plain(cls, value: Json | None) -> Json | None:
        if value and len(value) > MOST_HINTS:
            raise ValueError(f"must have at most {MOST_HINTS} members")
        if value and any(isinstance(one, (dict, list)) for one in value.values()):
            raise ValueError("must hold plain values: text, numbers, true, false, null")
        if value and any(isinstance(one, str) and len(one) > 500 for one in value.values()):
            raise ValueError("must hold texts of at most 500 characters")
        return value


class AuthorizedOut(Answer):
    """The verdict. Anything but a 200 with `allowed` true means: do not call the tool."""

    allowed: bool
    policy_enforced: bool
    call_id: UUID
    block_gate: str | None
    block_reason: str | None
    gate_result: dict[str, Any]


class CallResultIn(InProject):
    """How a call went."""

    outcome: Literal["success", "failed"]
    latency_ms: Count | None = None
    worker_id: Text128 | None = None


class CallResultOut(Answer):
    """A call with its outcome; `already_reported` where it had come before this request."""

    call_id: UUID
    result_status: str
    latency_ms: int | None
    already_reported: bool
