"""Journal what a run had sent, or queue what it wants sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Invalid
from runs.actions import batches, links, notify
from runs.actions.batches import Batch, Written
from runs.actions.transitions import lock_run
from runs.models import OutboundMessage, Run, SendStatus
from runs.outbox import bell


@transaction.atomic
def add(*, by: Caller, run_id: UUID, batch: Batch) -> Written:
    """Write a run's outbound messages; the same `message_id` again is a no-op.

    One that is `queued` goes out by the outbox. Raises NotFound, NotAllowed, Invalid for a
    recipient that is not the project's, or Conflict for an id that is another's.
    """
    # Locked, because its links may change its status: the order is run, then incidents.
    run = lock_run(run_id, by.projects)
    batches.permit(by, run.project_id, batch)
    chat = notify.operators_chat(run.project_id)
    _check_recipients(batch, chat)
    at = now()
    messages = batches.build(OutboundMessage, batch, lambda row: _columns(run, row, chat, at))
    inserted = batches.insert(batch, messages, project_id=run.project_id, run_id=run.run_id)
    written = [each for each in messages if each.pk in inserted]
    links.for_messages(written)
    if any(each.send_status == SendStatus.QUEUED for each in written):
        bell.ring()
    return batches.summed_up("message", run.project_id, messages, inserted)


def _check_recipients(batch: Batch, chat: str) -> None:
    """Projects share a bot: an agent may have it write to its own project's chat and to no
    other."""
    foreign = [
        index
        for index, row in enumerate(batch.rows)
        if row["send_status"] == SendStatus.QUEUED
        and row["channel_type"] == "telegram"
        and row["recipient"] not in ("", chat)
    ]
    if foreign:
        message = "must be empty, or the chat that the project's channel contract names"
        raise Invalid(batch.errors(foreign, "recipient", message))


def _columns(run: Run, row: dict[str, Any], chat: str, at: datetime) -> dict[str, Any]:
    content = batches.clean(row["content"])
    preview = content if row["content_preview"] is None else row["content_preview"]
    is_queued = row["send_status"] == SendStatus.QUEUED
    return {
        **row,
        "project_id": run.project_id,
        "run_id": run.run_id,
        "content": content,
        "content_preview": batches.clean(preview, notify.PREVIEW),
        "send_error": batches.clean(row["send_error"], 500),
        "recipient": row["recipient"] or (chat if is_queued else ""),
        "next_attempt_at": at if is_queued else None,
    }
