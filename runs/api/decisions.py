"""Decisions on approvals, and what comes of them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from awooop.rest import DECIDE, INGEST, PROBLEMS
from runs.actions import approvals, tokens
from runs.api.base import router
from runs.api.writes import approval_out
from runs.schemas import inputs
from runs.schemas.receipts import ApprovalOut, DecisionOut, RedeemedOut

_TAGS = ["approvals"]


@router.post(
    "/platform/approvals/{run_id}/decide",
    response={200: DecisionOut, **PROBLEMS},
    auth=DECIDE,
    tags=_TAGS,
)
def decide(request: HttpRequest, run_id: UUID, body: inputs.DecideIn):
    """Approve or reject what a run waits for. Of simultaneous decisions one wins, others get 409.

    The token is told once, here, to the caller whose decision ended the approval.
    """
    done = approvals.decide_run(by=request.caller, run_id=run_id, **body.model_dump())
    return {
        "run_id": run_id,
        "decision": done.decision,
        "new_state": done.new_state,
        "approval_token_jti": done.token.jti if done.token else None,
        "approval_token": tokens.signed(done.token) if done.token else None,
    }


@router.post(
    "/platform/approvals/{approval_id}/extend",
    response={200: ApprovalOut, **PROBLEMS},
    auth=DECIDE,
    tags=_TAGS,
)
def extend(request: HttpRequest, approval_id: UUID, body: inputs.ExtendIn):
    """Give a waiting approval more time, from its present end; its digest changes with the end."""
    approval = approvals.extend(by=request.caller, approval_id=approval_id, **body.model_dump())
    return approval_out(approval)


@router.post(
    "/platform/approvals/tokens/redeem",
    response={200: RedeemedOut, **PROBLEMS},
    auth=INGEST,
    tags=_TAGS,
)
def redeem(request: HttpRequest, body: inputs.RedeemIn):
    """Use a token up. What does not open is a 409 whose `code` says why; it is audited."""
    token = tokens.redeem(by=request.caller, **body.model_dump())
    return {
        "approval_token_jti": token.jti,
        "approval_id": token.approval_id,
        "run_id": token.approval.run_id,
        "tool_name": token.tool_name,
        "redeemed_at": token.redeemed_at,
    }
