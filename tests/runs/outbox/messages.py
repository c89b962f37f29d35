"""Messages for tests of the outbox."""

from __future__ import annotations

from typing import Any

from awooop import tenancy
from runs.actions import notify
from runs.models import OutboundMessage
from runs.outbox import delivery


def queue(text: str = "Disk full on db-1", project_id: str = "awoooi", **values: Any):
    """Queue a message as the product does."""
    values.setdefault("message_type", "final")
    return notify.queue(notify.Note(project_id=project_id, content=text, **values))


def fresh(message: OutboundMessage) -> OutboundMessage:
    """Answer the message as it stands in the record."""
    with tenancy.scope([message.project_id]):
        return OutboundMessage.objects.get(pk=message.pk)


def outcome(**counts: int) -> dict[str, int]:
    """Answer what `deliver` answers where only these are not nothing."""
    return {**dict.fromkeys(delivery.RESULTS, 0), **counts}
