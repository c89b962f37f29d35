"""The completion queue, its previews, the completion of one review, and the burn-down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from pydantic import Field, StringConstraints

from awooop import permissions
from awooop.clock import now
from awooop.errors import Invalid
from awooop.rest import GOVERN, PROBLEMS, READ, ProjectId
from awooop.two_phase import Plan
from knowledge import review_schemas as schemas
from knowledge.actions import complete_review
from knowledge.actions.complete_review import Completed, Wish
from knowledge.priorities import Tier
from knowledge.review_api.base import router
from knowledge.selectors import burn_down, reviews

Limit = Annotated[int, Field(ge=1, le=reviews.MOST)]
Bucket = Literal["pending", "ready", "blocked", "completed", "failed"]


@router.get(
    "/knowledge/stale-owner-reviews/completion-queue",
    response={200: schemas.CompletionQueue, **PROBLEMS},
    auth=READ,
    by_alias=True,
)
def list_completion_queue(
    request: HttpRequest,
    project_id: ProjectId | None = None,
    status_bucket: Bucket | None = None,
    priority_tiers: Annotated[str, StringConstraints(max_length=32)] = "",
    recommended_completion_outcome: schemas.OutcomeName | None = None,
    batch_governance_event_id: UUID | None = None,
    can_preview: bool | None = None,
    limit: Limit = 50,
):
    """What may be completed, what is blocked and why, what was completed or failed.

    `priority_tiers` are separated by commas: `P0,P1`.
    """
    projects = permissions.readable_projects(request.caller, project_id)
    tiers = _tiers(priority_tiers)
    found = reviews.completion_queue(
        projects,
        bucket=status_bucket,
        tiers=tiers,
        outcome=recommended_completion_outcome,
        batch=batch_governance_event_id,
        can_preview=can_preview,
        limit=limit,
    )
    return {
        "schema_version": "km_stale_owner_review_completion_queue_v1",
        "project_id": project_id,
        "status_bucket": status_bucket,
        "priority_tiers": tiers,
        "recommended_completion_outcome": recommended_completion_outcome,
        "batch_governance_event_id": batch_governance_event_id,
        "can_preview_filter": can_preview,
        "limit": limit,
        "generated_at": now(),
        **_counted(found),
    }


def _tiers(text: str) -> list[str] | None:
    found = [tier for tier in text.split(",") if tier]
    if not set(found) <= set(Tier.values):
        raise Invalid({"priority_tiers": f"must be of {', '.join(Tier.values)}, with commas"})
    return found or None


def _counted(found: dict[str, Any]) -> dict[str, Any]:
    counts = {f"{name}_count": found["counts"].get(name, 0) for name in reviews.BUCKETS}
    return {
        "total": found["total"],
        "returned": len(found["items"]),
        "pending_count": counts["ready_count"] + counts["blocked_count"],
        **counts,
        "items": found["items"],
    }


@router.post(
    "/knowledge/stale-owner-reviews/completion-queue/batch-preview",
    response={200: schemas.PreviewOut, **PROBLEMS},
    auth=GOVERN,
)
def preview_completions(request: HttpRequest, body: schemas.PreviewIn):
    """Look at several reviews together; always a dry run: each is confirmed by itself."""
    projects = permissions.readable_projects(request.caller, body.project_id)
    found = reviews.completion_queue(
        projects,
        bucket=body.status_bucket,
        tiers=body.priority_tiers,
        outcome=body.recommended_completion_outcome,
        batch=body.batch_governance_event_id,
        limit=body.limit,
    )
    return {
        "schema_version": "km_stale_owner_review_completion_batch_preview_v1",
        "project_id": body.project_id,
        "status": "dry_run",
        "dry_run": True,
        "owner": body.owner,
        "owner_note": body.owner_note,
        "writes_km": False,
        "batch_writes_allowed": False,
        "requested_limit": body.limit,
        **_counted(found),
        "dry_run_plan_fingerprint": _preview_plan(body, found["items"]).fingerprint,
        "next_action": "preview_each_ready_item_then_confirm_single_item",
        "generated_at": now(),
    }


def _preview_plan(body: schemas.PreviewIn, items: Sequence[dict[str, Any]]) -> Plan:
    return Plan(
        kind="knowledge.stale_owner_reviews.completion_preview",
        inputs=body.model_dump(mode="json"),
        rows={f"dispatch:{item['dispatch_id']}": item["dispatch_status"] for item in items},
        effects={str(item["entry_id"]): item["readiness"] for item in items},
    )


@router.post(
    "/knowledge/entries/{entry_id}/stale-owner-review/complete",
    response={200: schemas.CompletedOut, **PROBLEMS},
    auth=GOVERN,
)
def complete_stale_owner_review(request: HttpRequest, entry_id: UUID, body: schemas.CompleteIn):
    """Refresh, archive or supersede a reviewed entry: previewed, then confirmed by its owner."""
    wish = Wish(
        outcome=body.review_outcome,
        owner=body.owner,
        note=body.owner_note,
        title=body.updated_title,
        content=body.updated_content,
        superseded_by=body.superseded_by_entry_id,
        dispatch_id=body.dispatch_id,
    )
    completed = complete_review.complete(
        by=request.caller,
        entry_id=entry_id,
        wish=wish,
        dry_run=body.dry_run,
        owner_approved=body.owner_approved,
        fingerprint=body.dry_run_plan_fingerprint,
    )
    return _completed(completed)


def _completed(completed: Completed) -> dict[str, Any]:
    dispatch, is_written = completed.dispatch, completed.status == "completed"
    return {
        "schema_version": "km_stale_owner_review_complete_v1",
        "entry_id": completed.entry.pk,
        "project_id": completed.entry.project_id,
        "status": completed.status,
        "review_outcome": completed.wish.outcome,
        "governance_event_id": dispatch.governance_event_id,
        "dispatch_id": dispatch.pk,
        "audit_dispatch_id": completed.audit_dispatch_id,
        "stale_ratio_recheck_dispatch_id": completed.recheck_dispatch_id,
        "workflow_stage": dispatch.workflow_stage,
        "owner": completed.wish.owner,
        "owner_approved": completed.owner_approved,
        "dry_run": completed.dry_run,
        "writes_km": is_written,
        "writes_governance_audit": is_written,
        "stale_ratio_snapshot": completed.snapshot.as_dict(),
        "dry_run_plan_fingerprint": completed.dry_run_plan_fingerprint,
        "next_action": "confirm_with_fingerprint"
        if completed.status == "dry_run"
        else "stale_ratio_recheck",
        "generated_at": now(),
    }


@router.get(
    "/knowledge/stale-owner-reviews/burn-down",
    response={200: schemas.BurnDown, **PROBLEMS},
    auth=READ,
)
def read_burn_down(request: HttpRequest, project_id: ProjectId | None = None, limit: Limit = 50):
    """How the stale ratio falls as reviews are completed; of several projects, that of all."""
    projects = permissions.readable_projects(request.caller, project_id)
    return {"project_id": project_id, **burn_down.burn_down(projects, limit=limit)}
