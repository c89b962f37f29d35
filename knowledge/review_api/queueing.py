"""Stale candidates, and what puts them into their owners' inbox."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from pydantic import Field

from awooop import permissions
from awooop.clock import now
from awooop.rest import GOVERN, PROBLEMS, READ, ProjectId
from governance.models import DispatchStatus
from knowledge import review_schemas as schemas
from knowledge.actions import queue_reviews
from knowledge.actions.queue_reviews import BatchQueued, Item, Queued
from knowledge.review_api.base import router
from knowledge.selectors import reviews, stale_candidates

Limit = Annotated[int, Field(ge=1, le=stale_candidates.MOST)]
_REVIEW_NEXT = "owner_review_stale_km_candidate"
_WAITING = "waiting_owner_review"


@router.get(
    "/knowledge/stale-candidates", response={200: schemas.Candidates, **PROBLEMS}, auth=READ
)
def list_stale_candidates(
    request: HttpRequest,
    project_id: ProjectId | None = None,
    priority_tier: schemas.TierName | None = None,
    recommended_action: schemas.ActionName | None = None,
    limit: Limit = 50,
):
    """Stale entries, the most urgent first."""
    projects = permissions.readable_projects(request.caller, project_id)
    found = stale_candidates.candidates(
        projects,
        tiers=[priority_tier] if priority_tier else None,
        recommended_action=recommended_action,
        limit=limit,
    )
    return {
        "schema_version": "km_stale_candidates_v1",
        "project_id": project_id,
        "returned": len(found["items"]),
        "generated_at": now(),
        **found,
    }


@router.post(
    "/knowledge/entries/{entry_id}/stale-owner-review",
    response={200: schemas.QueuedOut, **PROBLEMS},
    auth=GOVERN,
)
def queue_stale_owner_review(request: HttpRequest, entry_id: UUID, body: schemas.QueueIn):
    """Ask the owner of one stale entry to review it; writes no knowledge."""
    queued = queue_reviews.queue_one(
        by=request.caller,
        entry_id=entry_id,
        owner=body.owner,
        owner_note=body.owner_note,
        dry_run=body.dry_run,
    )
    return _queued(queued)


def _queued(queued: Queued) -> dict[str, Any]:
    dispatch, row = queued.item.dispatch, queued.item.row
    return {
        "schema_version": "km_stale_owner_review_v1",
        "entry_id": row["entry_id"],
        "project_id": dispatch.project_id if dispatch else row["project_id"],
        "status": queued.status,
        "governance_event_id": dispatch.governance_event_id if dispatch else None,
        "dispatch_id": dispatch.pk if dispatch else None,
        "workflow_stage": dispatch.workflow_stage if dispatch else _WAITING,
        "recommended_action": row["recommended_action"],
        "owner": queued.owner,
        "owner_note": queued.owner_note,
        "writes_km": False,
        "writes_governance_audit": queued.status == "queued",
        "next_action": _REVIEW_NEXT,
        "generated_at": now(),
    }


@router.post(
    "/knowledge/stale-owner-reviews/batch",
    response={200: schemas.BatchOut, **PROBLEMS},
    auth=GOVERN,
)
def queue_batch(request: HttpRequest, body: schemas.BatchIn):
    """Queue the most urgent stale entries, after a preview; writes no knowledge."""
    project = permissions.writable_project(request.caller, body.project_id)
    queued = queue_reviews.queue_batch(
        by=request.caller,
        project_id=project,
        tiers=body.priority_tiers,
        limit=body.limit,
        owner=body.owner,
        owner_note=body.owner_note,
        dry_run=body.dry_run,
        fingerprint=body.dry_run_plan_fingerprint,
    )
    return _batch(queued, project)


def _batch(queued: BatchQueued, project_id: str) -> dict[str, Any]:
    batch = queued.batch
    is_dry = queued.status == "dry_run"
    return {
        "schema_version": "km_stale_owner_review_batch_v1",
        "project_id": project_id,
        "status": queued.status,
        "priority_tiers": list(queued.tiers),
        "requested_limit": queued.limit,
        "candidate_count": len(queued.items),
        "queued_count": queued.count("queued"),
        "already_queued_count": queued.count("already_queued"),
        "skipped_count": queued.count("skipped"),
        "batch_governance_event_id": batch.governance_event_id if batch else None,
        "batch_dispatch_id": batch.pk if batch else None,
        "workflow_stage": _WAITING,
        "writes_km": False,
        "writes_governance_audit": queued.status == "queued",
        "stale_ratio_snapshot": queued.snapshot.as_dict(),
        "dry_run_plan_fingerprint": queued.dry_run_plan_fingerprint,
        "items": [_item(item) for item in queued.items],
        "next_action": "confirm_with_fingerprint" if is_dry else _REVIEW_NEXT,
        "generated_at": now(),
    }


def _item(item: Item) -> dict[str, Any]:
    dispatch, row = item.dispatch, item.row
    return {
        "entry_id": row["entry_id"],
        "title": row["title"],
        "priority_tier": row["priority_tier"],
        "recommended_action": row["recommended_action"],
        "status": item.status,
        "reason": item.reason,
        "governance_event_id": dispatch.governance_event_id if dispatch else None,
        "dispatch_id": dispatch.pk if dispatch else None,
        "workflow_stage": dispatch.workflow_stage if dispatch else None,
    }


@router.get(
    "/knowledge/stale-owner-reviews/inbox", response={200: schemas.Inbox, **PROBLEMS}, auth=READ
)
def list_inbox(
    request: HttpRequest,
    project_id: ProjectId | None = None,
    dispatch_status: Literal[tuple(DispatchStatus.values)] | None = None,
    limit: Limit = 50,
):
    """Reviews that wait for their owners, or those of one status."""
    projects = permissions.readable_projects(request.caller, project_id)
    found = reviews.inbox(projects, dispatch_status=dispatch_status, limit=limit)
    return {
        "schema_version": "km_stale_owner_review_inbox_v1",
        "returned": len(found["items"]),
        "generated_at": now(),
        **found,
    }
