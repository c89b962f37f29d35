"""Journal what a run had sent, or queue what it wants sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from awooop.callers import Caller
from awooop.clock import now
from runs.actions import batches, links, notify
from runs.actions.batches import Batch, Written
from runs.actions.transitions import lock_run
from runs.models import OutboundMessage, Run, SendStatus


@transaction.atomic
def add(*, by: Caller, run_id: UUID, batch: Batch) -> Written:
    """Write a run's outbound messages; the same `message_id` again is a no-op.

    One that is `queued` goes out by the outbox. Raises NotFound, NotAllowed, or Conflict for an
    id that is another's.
    """
    # Locked, because its links may change its status: the order is run, then incidents.
    run = lock_run(run_id, by.projects)
    batches.permit(by, run.project_id, batch)
    chat = notify.operators_chat(run.project_id)
    at = now()
    messages = batches.build(OutboundMessage, batch, lambda row: _columns(run, row, chat, at))
    inserted = batches.insert(batch, messages, project_id=run.project_id, run_id=run.run_id)
    links.for_messages([each for each in messages if each.pk in inserted])
    return batches.summed_up("message", run.project_id, messages, inserted)


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
