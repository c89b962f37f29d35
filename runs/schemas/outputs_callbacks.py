"""What the list of callback replies answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from awooop.rest import Answer


class CallbackWorkItem(Answer):
    """The gap: an incident that people asked about, and no owner review is about it."""

    schema_version: str
    work_item_id: str
    kind: str
    status: str
    project_id: str
    incident_id: str
    reason: str
    title: str
    next_step: str
    target_surface: str
    target_href: str
    writes_on_read: bool
    manual_review_required: bool
    batch_writes_allowed: bool


class KmSummary(Answer):
    """What the completion queue of stale knowledge says about the reply's incident.

    `total` and the counts are of the project's whole queue, `related_*` of the incident.
    """

    schema_version: str
    status: Literal[
        "matched_owner_review", "no_related_owner_review", "no_incident", "fetch_failed"
    ]
    project_id: str
    incident_id: str | None
    reason: str
    total: int
    returned: int = Field(description="How many of the related items are shown.")
    pending_count: int
    ready_count: int
    blocked_count: int
    completed_count: int
    failed_count: int
    writes_on_read: bool
    manual_review_required: bool
    batch_writes_allowed: bool
    items_truncated: bool
    related_total: int
    related_items: list[dict[str, Any]]
    work_item: CallbackWorkItem | None


class CallbackReply(Answer):
    """The answer to a pressed button, and how its delivery stands."""

    message_id: UUID
    project_id: str
    run_id: UUID | None
    status: Literal["sent", "queued", "failed"]
    action: str | None
    incident_id: str | None
    event_at: datetime = Field(description="When it was sent; until then, when it was queued.")
    content_preview: str
    km_stale_completion_summary: KmSummary


class CallbackReplies(Answer):
    """A page of callback replies, newest first."""

    items: list[CallbackReply]
    total: int
    total_is_exact: bool
    page: int
    per_page: int
    next_cursor: str | None
