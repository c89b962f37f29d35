"""Queue messages for people: the outbox delivers them."""

from __future__ import annotations

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


def queue(
    *,
    project_id: str,
    message_type: str,
    content: str,
    run_id: UUID | None = None,
    incident_id: str | None = None,
    buttons: list[dict[str, Any]] | None = None,
    triggered_by_state: str | None = None,
) -> OutboundMessage:
    """Queue one message to the project's operators, in the caller's transaction; secrets are
    redacted."""
    text = redact(content).text
    at = now()
    message = OutboundMessage.objects.create(
        project_id=project_id,
        run_id=run_id,
        channel_type="telegram",
        message_type=message_type,
        recipient=operators_chat(project_id),
        content=text,
        content_preview=text[:PREVIEW],
        buttons=buttons or [],
        send_status=SendStatus.QUEUED,
        next_attempt_at=at,
        queued_at=at,
        triggered_by_state=triggered_by_state,
        incident_id=incident_id,
    )
    links.for_messages([message])
    counters.add("awooop_messages_queued", project_id=project_id, message_type=message_type)
    bell.ring()
    return message


def operators_chat(project_id: str) -> str:
    """Answer the chat of the project's active channel contract; empty: nowhere, so undelivered."""
    body = (
        ContractRevision.objects.filter(
            project_id=project_id, contract_family="channel", lifecycle_status="active"
        )
        .order_by("contract_id")
        .values_list("body", flat=True)
        .first()
    )
    return str((body or {}).get("telegram_chat_id", ""))[:255]
