"""Record what came of an attempt: one short transaction each, and only by whose claim it still is.

A message that was taken is recorded as sent whoever holds it by now: nothing is truer than that.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import F

from awooop import counters, tenancy
from awooop.clock import now
from awooop.redaction import redact
from runs.models import OutboundMessage, SendStatus
from runs.outbox import moves, policy
from runs.outbox.claims import Attempt
from runs.outbox.routes import fallback_urls

log = structlog.get_logger(__name__)
_NOT_TOLD = "; the fallback failed"


def sent(attempt: Attempt, provider_message_id: str) -> str:
    """It was taken; answers `sent`."""
    note = attempt.message.send_error if attempt.message.unknown_attempts else None
    with transaction.atomic(), tenancy.scope([attempt.message.project_id]):
        rows = OutboundMessage.objects.filter(pk=attempt.message.pk)
        changed = rows.exclude(send_status=SendStatus.SENT).update(
            send_status=SendStatus.SENT,
            sent_at=now(),
            provider_message_id=provider_message_id[:64],
            send_error=note,
            next_attempt_at=None,
            claim=None,
        )
        if changed:
            _count(attempt, "sent")
    return "sent"


def failed(attempt: Attempt, error: str, *, is_unknown: bool = False) -> str:
    """It was refused: tried again later, or dead after the last attempt; answers which."""
    if attempt.message.attempt_count >= policy.MAX_ATTEMPTS:
        return died(attempt, error, is_unknown=is_unknown)
    at = now() + policy.BACKOFF.after(attempt.message.attempt_count)
    _record(attempt, "failed", error, is_unknown, send_status=SendStatus.FAILED, next_attempt_at=at)
    return "failed"


def delayed(attempt: Attempt, error: str, *, is_unknown: bool = False) -> str:
    """The channel failed, not the message: it stays queued; answers `delayed`, or `dead` after the
    last attempt."""
    if attempt.message.attempt_count >= policy.MAX_ATTEMPTS:
        return died(attempt, error, is_unknown=is_unknown)
    at = now() + policy.BACKOFF.after(attempt.message.attempt_count)
    _record(attempt, "failed", error, is_unknown, send_status=SendStatus.QUEUED, next_attempt_at=at)
    return "delayed"


def put_back(attempt: Attempt, error: str, until: datetime) -> str:
    """It certainly did not arrive and is not to blame: the attempt does not count; answers
    `delayed`."""
    _record(
        attempt,
        None,
        error,
        send_status=SendStatus.QUEUED,
        next_attempt_at=until,
        attempt_count=F("attempt_count") - 1,
    )
    return "delayed"


def readdressed(attempt: Attempt, chat_id: str, error: str, until: datetime | None) -> str:
    """The chat goes on under another id: so do its messages, now and later; answers
    `readdressed`."""
    message = attempt.message
    if not moves.remember(message.channel_type, message.recipient, chat_id):
        return failed(attempt, error)
    log.info("chat_moved", channel=message.channel_type, chat=message.recipient, to=chat_id)
    _record(
        attempt,
        None,
        error,
        send_status=SendStatus.QUEUED,
        recipient=chat_id,
        next_attempt_at=until or now(),
        attempt_count=F("attempt_count") - 1,
    )
    return "readdressed"


def died(attempt: Attempt, error: str, *, is_unknown: bool = False) -> str:
    """No further attempt: the fallback is due, if there is one; answers `dead`."""
    message = attempt.message
    has_fallback = message.edits_id is None and fallback_urls(message.project_id)
    then = now() if has_fallback else None
    _record(attempt, "dead", error, is_unknown, send_status=SendStatus.DEAD, next_attempt_at=then)
    return "dead"


def told(attempt: Attempt) -> str:
    """The fallback told it; answers `fallback`."""
    with transaction.atomic(), tenancy.scope([attempt.message.project_id]):
        rows = OutboundMessage.objects.filter(pk=attempt.message.pk, fallback_sent_at=None)
        if rows.update(fallback_sent_at=now(), next_attempt_at=None, claim=None):
            _count(attempt, "fallback")
    return "fallback"


def not_told(attempt: Attempt) -> str:
    """The fallback failed, too: tried again later, up to its last attempt; answers
    `fallback_failed`."""
    is_last = attempt.message.fallback_attempts >= policy.MAX_ATTEMPTS
    wait = None if is_last else now() + policy.BACKOFF.after(attempt.message.fallback_attempts)
    error = (attempt.message.send_error or "").removesuffix(_NOT_TOLD) + _NOT_TOLD
    _record(attempt, "fallback_failed", error, next_attempt_at=wait)
    return "fallback_failed"


def _record(
    attempt: Attempt, result: str | None, error: str, is_unknown: bool = False, **values: object
) -> None:
    if is_unknown:
        values["unknown_attempts"] = F("unknown_attempts") + 1
    with transaction.atomic(), tenancy.scope([attempt.message.project_id]):
        mine = OutboundMessage.objects.filter(pk=attempt.message.pk, claim=attempt.claim)
        changed = mine.update(send_error=redact(error).text[:500], claim=None, **values)
        if changed and result:
            _count(attempt, result)
    log.info(
        "message_not_sent",
        message_id=str(attempt.message.pk),
        project_id=attempt.message.project_id,
        attempt=attempt.message.attempt_count,
        error=error,
    )


def _count(attempt: Attempt, result: str) -> None:
    message = attempt.message
    counters.add(
        "awooop_messages_delivery",
        project_id=message.project_id,
        channel=message.channel_type,
        result=result,
    )
