"""What the API of owner reviews takes and answers; the names are those of the contract."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from awooop.rest import Answer, Body, ProjectId
from knowledge.actions.complete_review import NOTE_MOST as COMPLETION_NOTE_MOST
from knowledge.actions.complete_review import Outcome
from knowledge.actions.queue_reviews import (
    BATCH_DEFAULT,
    BATCH_MOST,
    DEFAULT_TIERS,
    NOTE_MOST,
    OWNER_MOST,
)
from knowledge.priorities import Action, Tier
from knowledge.schemas import Content, Title

TierName = Literal[tuple(Tier.values)]
ActionName = Literal[tuple(Action.values)]
OutcomeName = Literal[tuple(Outcome.values)]
Owner = Annotated[str, StringConstraints(max_length=OWNER_MOST)]
Fingerprint = Annotated[str, StringConstraints(max_length=64)]
PREVIEW_MOST = 30


class Snapshot(Answer):
    stale_count: int
    total_count: int
    stale_ratio: float
    threshold: float
    stale_days: int


class Candidate(Answer):
    entry_id: UUID
    project_id: str
    title: str
    entry_type: str
    category: str
    status: str
    source: str
    updated_at: datetime
    stale_days: int
    view_count: int
    priority_score: int
    priority_tier: str
    recommended_action: str
    reasons: list[str]
    correlation_sources: list[str]
    related_incident_id: str | None
    related_playbook_id: UUID | None
    related_approval_id: UUID | None
    tags: list[str]
    owner_review_dispatch_id: UUID | None
    owner_review_status: str | None
    owner_review_stage: str | None
    owner_review_next_action: str | None


class _Read(Answer):
    writes_on_read: bool = False
    manual_review_required: bool = True
    generated_at: datetime


class Candidates(_Read):
    schema_version: str
    project_id: str | None
    total_stale: int
    returned: int
    threshold_days: int
    items: list[Candidate]


class QueueIn(Body):
    """Who reviews the entry; empty: its owner."""

    owner: Owner = ""
    owner_note: Annotated[str, StringConstraints(max_length=NOTE_MOST)] = ""
    dry_run: bool = False


class QueuedOut(Answer):
    schema_version: str
    entry_id: UUID
    project_id: str
    status: str
    governance_event_id: UUID | None
    dispatch_id: UUID | None
    workflow_stage: str
    recommended_action: str | None
    owner: str
    owner_note: str
    writes_km: bool
    writes_governance_audit: bool
    next_action: str
    generated_at: datetime


class BatchIn(Body):
    """The most urgent of these tiers; preview first, then the same with its fingerprint."""

    project_id: ProjectId | None = None
    priority_tiers: Annotated[list[TierName], Field(min_length=1, max_length=3)] = list(
        DEFAULT_TIERS
    )
    limit: Annotated[int, Field(ge=1, le=BATCH_MOST)] = BATCH_DEFAULT
    owner: Annotated[str, StringConstraints(min_length=1, max_length=OWNER_MOST)]
    owner_note: Annotated[str, StringConstraints(max_length=NOTE_MOST)] = ""
    dry_run: bool = True
    dry_run_plan_fingerprint: Fingerprint | None = None


class BatchItem(Answer):
    entry_id: UUID
    title: str
    priority_tier: str
    recommended_action: str
    status: str
    reason: str
    governance_event_id: UUID | None
    dispatch_id: UUID | None
    workflow_stage: str | None


class BatchOut(Answer):
    schema_version: str
    project_id: str
    status: str
    priority_tiers: list[str]
    requested_limit: int
    candidate_count: int
    queued_count: int
    already_queued_count: int
    skipped_count: int
    batch_governance_event_id: UUID | None
    batch_dispatch_id: UUID | None
    workflow_stage: str
    writes_km: bool
    writes_governance_audit: bool
    stale_ratio_snapshot: Snapshot
    dry_run_plan_fingerprint: str
    items: list[BatchItem]
    next_action: str
    generated_at: datetime


class Review(Answer):
    dispatch_id: UUID
    governance_event_id: UUID
    entry_id: UUID
    project_id: str
    title: str | None
    dispatch_status: str
    workflow_stage: str
    next_action: str
    owner: str
    owner_note: str
    batch_governance_event_id: UUID | None
    batch_dispatch_id: UUID | None
    priority_tier: str | None
    priority_score: int | None
    recommended_action: str | None
    stale_days: int | None
    view_count: int | None
    correlation_sources: list[str]
    reasons: list[str]
    related_incident_id: str | None
    related_playbook_id: UUID | None
    related_approval_id: UUID | None
    dry_run_plan_fingerprint: str | None
    queued_at: datetime
    started_at: datetime | None
    completed_at: datetime | None


class Inbox(_Read):
    schema_version: str
    total: int
    returned: int
    items: list[Review]


class CompletionItem(Review):
    readiness: str
    recommended_completion_outcome: str | None
    blockers: list[str]
    required_owner_fields: list[str]
    can_preview: bool
    can_confirm_after_preview: bool
    writes_km_on_confirm: bool


class CompletionQueue(_Read):
    schema_version: str
    project_id: str | None
    status_bucket: str | None
    priority_tiers: list[str] | None
    recommended_completion_outcome: str | None
    batch_governance_event_id: UUID | None
    can_preview_filter: bool | None = Field(serialization_alias="can_preview")
    limit: int
    total: int
    returned: int
    pending_count: int
    ready_count: int
    blocked_count: int
    completed_count: int
    failed_count: int
    batch_writes_allowed: bool = False
    items: list[CompletionItem]


class PreviewIn(Body):
    """Which reviews of the completion queue to look at together."""

    project_id: ProjectId | None = None
    status_bucket: Literal["pending", "ready", "blocked", "completed", "failed"] = "pending"
    priority_tiers: Annotated[list[TierName], Field(min_length=1, max_length=3)] | None = None
    recommended_completion_outcome: OutcomeName | None = None
    batch_governance_event_id: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=PREVIEW_MOST)] = 10
    owner: Owner = ""
    owner_note: Annotated[str, StringConstraints(max_length=NOTE_MOST)] = ""


class PreviewOut(Answer):
    schema_version: str
    project_id: str | None
    status: str
    dry_run: bool
    owner: str
    owner_note: str
    writes_km: bool
    batch_writes_allowed: bool
    requested_limit: int
    total: int
    returned: int
    pending_count: int
    ready_count: int
    blocked_count: int
    completed_count: int
    failed_count: int
    dry_run_plan_fingerprint: str
    next_action: str
    items: list[CompletionItem]
    generated_at: datetime


class CompleteIn(Body):
    """What the owner decided; preview first, then the same with its fingerprint."""

    dispatch_id: UUID | None = None
    owner: Owner = ""
    owner_approved: bool = False
    dry_run: bool = True
    review_outcome: OutcomeName
    owner_note: Annotated[str, StringConstraints(max_length=COMPLETION_NOTE_MOST)] = ""
    updated_title: Title | None = None
    updated_content: Content | None = None
    superseded_by_entry_id: UUID | None = None
    dry_run_plan_fingerprint: Fingerprint | None = None


class CompletedOut(Answer):
    schema_version: str
    entry_id: UUID
    project_id: str
    status: str
    review_outcome: str
    governance_event_id: UUID
    dispatch_id: UUID
    audit_dispatch_id: UUID | None
    stale_ratio_recheck_dispatch_id: UUID | None
    workflow_stage: str
    owner: str
    owner_approved: bool
    dry_run: bool
    writes_km: bool
    writes_governance_audit: bool
    stale_ratio_snapshot: Snapshot
    dry_run_plan_fingerprint: str
    next_action: str
    generated_at: datetime


class BurnDownItem(Answer):
    completion_dispatch_id: UUID
    governance_event_id: UUID
    source_dispatch_id: UUID | None
    recheck_dispatch_id: UUID | None
    entry_id: UUID | None
    project_id: str
    dispatch_status: str
    workflow_stage: str
    review_outcome: str | None
    owner: str
    completed_at: datetime | None
    stale_ratio_snapshot: Snapshot | None
    stale_count_delta: int | None
    stale_ratio_delta: float | None
    above_threshold: bool | None


class BurnDown(_Read):
    schema_version: str
    project_id: str | None
    burn_down_status: str
    current_snapshot: Snapshot
    entries_to_threshold: int
    pending_owner_reviews: int
    completed_owner_reviews: int
    completion_audit_total: int
    stale_ratio_recheck_total: int
    latest_stale_count_delta: int | None
    latest_stale_ratio_delta: float | None
    returned: int
    items: list[BurnDownItem]


class ArchivedGroup(Answer):
    audit_dispatch_id: UUID
    owner: str
    archived_count: int
    archived_entry_ids: list[UUID]
    archived_at: datetime | None


class DraftGroup(Answer):
    governance_event_id: UUID
    project_id: str
    canonical_entry_id: UUID
    canonical_title: str
    canonical_updated_at: datetime
    preferred_source: str
    duplicate_entry_ids: list[UUID]
    duplicate_count: int
    total_entries: int
    suggested_action: str
    owner_action: str
    writes_on_read: bool
    can_archive_without_owner_approval: bool
    archive_history: list[ArchivedGroup]


class Dedupe(_Read):
    schema_version: str
    total_review_drafts: int
    event_group_total: int
    duplicate_draft_total: int
    groups: list[DraftGroup]


class ArchiveIn(Body):
    """Which drafts say what the canonical one says; preview first, then with its fingerprint."""

    canonical_entry_id: UUID
    duplicate_entry_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    owner: Annotated[str, StringConstraints(min_length=1, max_length=OWNER_MOST)]
    owner_approved: bool = False
    dry_run: bool = True
    dry_run_plan_fingerprint: Fingerprint | None = None


class ArchivedOut(Answer):
    schema_version: str
    governance_event_id: UUID
    project_id: str
    canonical_entry_id: UUID
    requested_duplicate_entry_ids: list[UUID]
    archived_entry_ids: list[UUID]
    skipped_entry_ids: list[UUID]
    would_archive_entry_ids: list[UUID]
    status: str
    owner: str
    owner_approved: bool
    dry_run: bool
    writes_km: bool
    writes_governance_audit: bool
    audit_dispatch_id: UUID | None
    stale_ratio_snapshot: Snapshot
    stale_ratio_recheck_status: str
    stale_ratio_recheck_dispatch_id: UUID | None
    dry_run_plan_fingerprint: str
    next_action: str
    generated_at: datetime
