"""What the outbox answers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from awooop.rest import Answer


class OutboxMessage(Answer):
    """One message and how its delivery stands."""

    message_id: UUID
    project_id: str
    run_id: UUID | None
    incident_id: str | None
    channel_type: str
    message_type: str
    recipient: str
    content_preview: str
    send_status: str
    send_error: str | None
    attempt_count: int
    unknown_attempts: int = Field(
        description="Attempts whose outcome nobody knows: it may have arrived more than once."
    )
    next_attempt_at: datetime | None
    queued_at: datetime
    sent_at: datetime | None
    fallback_sent_at: datetime | None = Field(description="When the fallback told it.")


class ChannelOut(Answer):
    """A channel that this installation delivers to: `ok`, `paused` (it asked for it) or `down`."""

    channel_type: str
    state: str
    down_since: datetime | None
    paused_until: datetime | None
    last_error: str


class Outbox(Answer):
    """A page of undelivered messages, newest first."""

    messages: list[OutboxMessage]
    channels: list[ChannelOut]
    total: int
    total_is_exact: bool
    page: int
    per_page: int
    next_cursor: str | None
