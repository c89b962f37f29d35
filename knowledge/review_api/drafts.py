"""Review drafts of one event: which stays, and the archiving of the rest."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from awooop import permissions
from awooop.clock import now
from awooop.rest import GOVERN, PROBLEMS, READ, ProjectId
from knowledge import review_schemas as schemas
from knowledge.actions import review_drafts as actions
from knowledge.actions.review_drafts import Archived
from knowledge.review_api.base import router
from knowledge.selectors import review_drafts


@router.get(
    "/knowledge/review-drafts/dedupe", response={200: schemas.Dedupe, **PROBLEMS}, auth=READ
)
def read_dedupe(request: HttpRequest, project_id: ProjectId | None = None):
    """Review drafts by their event, those with duplicates first."""
    return review_drafts.dedupe(permissions.readable_projects(request.caller, project_id))


@router.post(
    "/knowledge/review-drafts/{governance_event_id}/archive",
    response={200: schemas.ArchivedOut, **PROBLEMS},
    auth=GOVERN,
)
def archive_duplicates(request: HttpRequest, governance_event_id: UUID, body: schemas.ArchiveIn):
    """Archive the duplicates of an event's canonical draft: previewed, then confirmed."""
    archived = actions.archive_duplicates(
        by=request.caller,
        event_id=governance_event_id,
        canonical_id=body.canonical_entry_id,
        duplicate_ids=body.duplicate_entry_ids,
        owner=body.owner,
        owner_approved=body.owner_approved,
        dry_run=body.dry_run,
        fingerprint=body.dry_run_plan_fingerprint,
    )
    return _archived(archived)


def _archived(found: Archived) -> dict[str, Any]:
    is_written = found.status == "archived"
    return {
        "schema_version": "km_review_draft_archive_v1",
        "governance_event_id": found.event.pk,
        "project_id": found.event.project_id,
        "canonical_entry_id": found.canonical.pk,
        "requested_duplicate_entry_ids": found.requested,
        "archived_entry_ids": found.to_archive if is_written else [],
        "skipped_entry_ids": found.skipped,
        "would_archive_entry_ids": [] if is_written else found.to_archive,
        "status": found.status,
        "owner": found.owner,
        "owner_approved": found.owner_approved,
        "dry_run": found.dry_run,
        "writes_km": is_written,
        "writes_governance_audit": is_written,
        "audit_dispatch_id": found.audit_dispatch_id,
        "stale_ratio_snapshot": found.snapshot.as_dict(),
        "stale_ratio_recheck_status": found.recheck_status,
        "stale_ratio_recheck_dispatch_id": found.recheck_dispatch_id,
        "dry_run_plan_fingerprint": found.dry_run_plan_fingerprint,
        "next_action": "confirm_with_fingerprint" if found.status == "dry_run" else "none",
        "generated_at": now(),
    }
