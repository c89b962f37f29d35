"""What webhooks answer."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from awooop.rest import Answer


class AlertmanagerOut(Answer):
    """What a notification made, after it was stored."""

    events: int = Field(description="Occurrences stored for the first time.")
    duplicates: int = Field(description="Occurrences told before: stored as repeats, nothing else.")
    truncated: int = Field(description="Alerts cut off, by the sender or beyond 5,000.")
    incidents_opened: list[str]
    incidents_recurred: list[str]
    incidents_resolved: list[str]
    runs: list[UUID] = Field(description="Runs queued for the incidents that were opened.")
