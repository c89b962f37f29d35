"""Messages to people, and how they were delivered."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from runs.demo.catalogue import words
from runs.demo.chapter import Chapter
from runs.demo.contracts import OPERATORS_CHAT
from runs.demo.world import World
from runs.models import OutboundMessage, SendStatus

PREVIEW = 500
# Of so many messages one fares worse. The numbers share no factor, so that the misfortunes spread.
_LATE, _DEAD, _GIVEN_UP = 29, 83, 113


def send(
    world: World,
    chapter: Chapter,
    *,
    at: datetime,
    message_type: str,
    text: str,
    status: str | None = None,
    **values: Any,
) -> OutboundMessage:
    """Tell of one message to the operators' chat; most arrive within seconds."""
    message = OutboundMessage(
        message_id=world.uuid("message"),
        project_id=world.project_id,
        channel_type="telegram",
        message_type=message_type,
        recipient=OPERATORS_CHAT,
        content=text,
        content_preview=text[:PREVIEW],
        queued_at=at,
        **values,
    )
    _deliver(world, message, status or _fate(world))
    return chapter.add(message)


def _fate(world: World) -> str:
    number = world.number("delivery")
    if number % _DEAD == 0:
        return SendStatus.DEAD
    return SendStatus.FAILED if number % _GIVEN_UP == 0 else SendStatus.SENT


def _deliver(world: World, message: OutboundMessage, status: str) -> None:
    message.send_status = status
    if status == SendStatus.SENT:
        is_late = world.counts["delivery"] % _LATE == 0
        message.attempt_count = 2 if is_late else 1
        message.sent_at = message.queued_at + (
            world.span(31, 58) if is_late else world.span(0.4, 3)
        )
        message.provider_message_id = str(48_000 + world.number("telegram message"))
    elif status == SendStatus.DEAD:
        message.attempt_count, message.send_error = 1, world.pick(words.SEND_ERRORS)
    elif status == SendStatus.FAILED:
        message.attempt_count, message.send_error = 5, world.pick(words.PASSING_SEND_ERRORS)
    elif status == SendStatus.SENDING:
        message.attempt_count = 1
    else:
        message.next_attempt_at = message.queued_at


def about(run_id: UUID | None, incident_id: str | None) -> dict[str, Any]:
    """Answer the columns that tie a message to its run and incident."""
    return {"run_id": run_id, "incident_id": incident_id or None}
