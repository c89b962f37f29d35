"""What the bot says to one person: the answer to a press, or to a message written to the bot.

Queued in the transaction that decides, said by the cluster after its commit: the decision comes
first, and is reported after. Saying it twice, or too late, does no harm.
"""

from __future__ import annotations

import time
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction

from awooop import counters
from awooop.clock import now
from runs.models import TelegramReply
from runs.outbox import bell
from runs.telegram import client as telegram
from runs.telegram import errors, formatting
from runs.telegram.client import Client

ANSWER_AT_MOST = 200
_MESSAGE_AT_MOST = 1000
_ATTEMPTS = 3
_AGAIN = timedelta(seconds=20)
# Telegram forgets a press long before; a message is no answer any more.
_STALE = timedelta(minutes=10)
_SECONDS = 10.0
log = structlog.get_logger(__name__)


def to_press(query_id: str, text: str, *, is_alert: bool = False) -> None:
    """Queue the answer to a press, at most 200 characters; an alert has to be closed by hand."""
    cut = text if len(text) <= ANSWER_AT_MOST else f"{text[: ANSWER_AT_MOST - 1]}…"
    _queue(TelegramReply(callback_query_id=query_id, text=cut, is_alert=is_alert))


def to_chat(chat_id: int, text: str) -> None:
    """Queue a message to a private chat."""
    _queue(TelegramReply(chat_id=chat_id, text=text[:_MESSAGE_AT_MOST]))


def _queue(reply: TelegramReply) -> None:
    if not settings.OUTBOX_CHANNELS:
        log.warning("telegram_reply_without_bot", text=reply.text)
        return
    reply.queued_at = reply.due_at = now()
    reply.save(force_insert=True)
    bell.ring()


def deliver(*, seconds: float = _SECONDS) -> int:
    """Say what is due; answers how much was said. Safe to run at once with others."""
    client, said, ends = telegram.configured(), 0, time.monotonic() + seconds
    while client is not None and time.monotonic() < ends:
        reply = _take()
        if reply is None:
            break
        said += _perform(client, reply)
    return said


@transaction.atomic
def _take() -> TelegramReply | None:
    due = TelegramReply.objects.select_for_update(skip_locked=True).filter(due_at__lte=now())
    reply = due.order_by("due_at", "pk").first()
    if reply is not None:
        # Where this process ends now, it is due again.
        reply.attempt_count += 1
        reply.due_at = now() + _AGAIN
        reply.save(update_fields=["attempt_count", "due_at"])
    return reply


def _perform(client: Client, reply: TelegramReply) -> bool:
    if now() - reply.queued_at > _STALE:
        return _done(reply, "stale")
    try:
        if reply.callback_query_id:
            in_time = client.answer_callback_query(
                reply.callback_query_id, reply.text, show_alert=reply.is_alert
            )
            return _done(reply, "said" if in_time else "too_late")
        client.send_message(reply.chat_id, formatting.escape(reply.text))
    except errors.RateLimited as error:
        again = now() + timedelta(seconds=error.retry_after)
        TelegramReply.objects.filter(pk=reply.pk).update(due_at=again)
        return False
    except errors.TelegramError as error:
        log.warning("telegram_reply_not_said", error=error.description)
        may_pass = not isinstance(error, errors.Permanent | errors.Rejected)
        if may_pass and reply.attempt_count < _ATTEMPTS:
            return False
        return _done(reply, "failed")
    return _done(reply, "said")


@transaction.atomic
def _done(reply: TelegramReply, result: str) -> bool:
    TelegramReply.objects.filter(pk=reply.pk).delete()
    counters.add("awooop_telegram_replies", result=result)
    return result == "said"
