"""One decision on several approvals of low and medium risk."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from awooop.rest import DECIDE, PROBLEMS
from runs.actions import batch_decisions as actions
from runs.actions.batch_decisions import Chosen, Item
from runs.api.base import router
from runs.schemas.batch_decisions import BatchDecideIn, BatchDecideOut


@router.post(
    "/platform/approvals/batch-decide",
    response={200: BatchDecideOut, **PROBLEMS},
    auth=DECIDE,
    tags=["approvals"],
)
def batch_decide(request: HttpRequest, body: BatchDecideIn):
    """Decide on a fixed snapshot: never high or critical risk, never where a quorum is asked.

    With `dry_run` nothing is written: the answer says what would be decided, and its fingerprint.
    Then send those items with the fingerprint and `dry_run` false; each has its own outcome.
    """
    batch = actions.decide(
        by=request.caller,
        chosen=[Chosen(one.approval_id, one.digest) for one in body.items],
        decision=body.decision,
        reason=body.reason,
        project_id=body.project_id,
        dry_run=body.dry_run,
        fingerprint=body.dry_run_plan_fingerprint,
    )
    return {
        "status": batch.status,
        "decision": batch.decision,
        **{name: len(batch.with_status(name)) for name in _STATUSES},
        "items": [_item(item) for item in batch.items],
        "dry_run_plan_fingerprint": batch.fingerprint,
    }


_STATUSES = (actions.WOULD, actions.DECIDED, actions.REFUSED)


def _item(item: Item) -> dict[str, Any]:
    approval, outcome = item.approval, item.outcome
    return {
        "approval_id": item.chosen.approval_id,
        "digest": item.chosen.digest,
        "project_id": approval and approval.project_id,
        "run_id": approval and approval.run_id,
        "tool_name": approval and approval.tool_name,
        "status": item.status,
        "code": item.code or None,
        "detail": item.detail or None,
        "decided_by": item.decided_by or None,
        "new_state": outcome and outcome.new_state,
        "approval_token_jti": outcome.token.jti if outcome and outcome.token else None,
    }
