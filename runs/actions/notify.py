"""Queue messages for people: the outbox delivers them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from awooop import counters
from awooop.clock import now
from awooop.models import ContractRevision
from awooop.redaction import redact
from runs.actions import links
from runs.models import OutboundMessage, SendStatus
from runs.outbox import bell

PREVIEW = 500


@dataclass(frozen=True)
class Note:
    """One message to a project's operators, in their chat or (an answer) in `recipient`."""

    project_id: str
    message_type: str
    content: str
    run_id: UUID | None = None
    incident_id: str | None = None
    buttons: list[dict[str, Any]] = field(default_factory=list)
    triggered_by_state: str | None = None
    callback_action: str | None = None
    recipient: str = ""
    language: str = ""


def queue(note: Note) -> OutboundMessage:
    """Queue one message; see `queue_many`."""
    return queue_many([note])[0]


def queue_many(notes: Sequence[Note]) -> list[OutboundMessage]:
    """Queue messages in the caller's transaction, in a fixed number of statements; secrets are
    redacted."""
    if not notes:
        return []
    chats = operators_chats([note.project_id for note in notes])
    at = now()
    messages = [_message(note, chats[note.project_id], at) for note in notes]
    OutboundMessage.objects.bulk_create(messages)
    links.for_messages(messages)
    counters.add_many(
        [
            (
                "awooop_messages_queued",
                1,
                {"project_id": note.project_id, "message_type": note.message_type},
            )
            for note in notes
        ]
    )
    bell.ring()
    return messages


def _message(note: Note, chat: str, at: datetime) -> OutboundMessage:
    text = redact(note.content).text
    return OutboundMessage(
        project_id=note.project_id,
        run_id=note.run_id,
        channel_type="telegram",
        message_type=note.message_type,
        recipient=note.recipient or chat,
        content=text,
        content_preview=text[:PREVIEW],
        language=note.language,
        buttons=note.buttons,
        send_status=SendStatus.QUEUED,
        next_attempt_at=at,
        queued_at=at,
        triggered_by_state=note.triggered_by_state,
        callback_action=note.callback_action,
        incident_id=note.incident_id,
    )


def operators_chat(project_id: str) -> str:
    """Answer the chat of a project's operators; see `operators_chats`."""
    return operators_chats([project_id])[project_id]


def operators_chats(projects: Iterable[str]) -> dict[str, str]:
    """Answer the chat of each project's active channel contract; empty: nowhere, so
    undelivered."""
    found = dict.fromkeys(projects, "")
    rows = ContractRevision.objects.filter(
        project_id__in=list(found), contract_family="channel", lifecycle_status="active"
    ).order_by("project_id", "contract_id")
    for project, body in rows.distinct("project_id").values_list("project_id", "body"):
        found[project] = str(body.get("telegram_chat_id", ""))[:255]
    return found
