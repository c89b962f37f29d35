"""The gateway: may this agent call this tool, and how did it go."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from awooop.rest import INGEST, PROBLEMS
from runs.actions import gateway
from runs.api.base import router
from runs.models import McpStatus
from runs.schemas.gateway import AuthorizedOut, AuthorizeIn, CallResultIn, CallResultOut

_TAGS = ["gateway"]


@router.post(
    "/platform/mcp/authorize",
    response={200: AuthorizedOut, **PROBLEMS},
    auth=INGEST,
    tags=_TAGS,
)
def authorize(request: HttpRequest, body: AuthorizeIn):
    """Judge a call before it is made: project, contract, scope, budget, approval; the first
    refusal wins. Anything but a 200 with `allowed` true is a refusal."""
    call = gateway.authorize(by=request.caller, asked=gateway.Asked(**body.model_dump()))
    return {
        "allowed": call.result_status != McpStatus.BLOCKED,
        "policy_enforced": call.gate_result["policy_enforced"],
        "call_id": call.call_id,
        "block_gate": call.block_gate,
        "block_reason": call.block_reason,
        "gate_result": call.gate_result,
    }


@router.post(
    "/platform/mcp/calls/{call_id}/result",
    response={200: CallResultOut, **PROBLEMS},
    auth=INGEST,
    tags=_TAGS,
)
def report_result(request: HttpRequest, call_id: UUID, body: CallResultIn):
    """Report how an allowed call went; the same report again is a no-op."""
    call, is_new = gateway.report(by=request.caller, call_id=call_id, **body.model_dump())
    return {
        "call_id": call.call_id,
        "result_status": call.result_status,
        "latency_ms": call.latency_ms,
        "already_reported": not is_new,
    }
