"""Take the next message: one short transaction, under a row lock that others skip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from awooop import tenancy
from awooop.clock import now
from runs.models import MovedChat, OutboundMessage, SendStatus
from runs.outbox import policy
from runs.outbox.routes import Routes

UNKNOWN = "no outcome is known of attempt {number}: it may have arrived, and may arrive twice"
_TOO_OLD = "not sent: it was due more than a day ago; an operator may still have it sent"


@dataclass(frozen=True)
class Attempt:
    """One claimed message and what is to be done with it; `claim` says whose it is.

    `chat` is where to send it; empty: it goes to the fallback.
    """

    message: OutboundMessage
    claim: UUID
    chat: str = ""

    @property
    def is_fallback(self) -> bool:
        """Whether the fallback shall tell it."""
        return not self.chat


def take(project_id: str, routes: Routes) -> Attempt | None:
    """Claim the longest due message of a project; None where there is none.

    A message whose claim ran out was being sent when its process ended: that attempt's outcome is
    unknown, and is counted so. What has no attempt left, or no channel, is dead, and goes to the
    fallback.
    """
    while True:
        with transaction.atomic(), tenancy.scope([project_id]):
            at = now()
            message = _next(project_id, routes, at)
            if message is None:
                return None
            if message.claim is not None:
                _lost(message)
            attempt = _attempt(message, routes, at)
            message.save(update_fields=_FIELDS)
        if attempt is not None:
            return attempt


_FIELDS = (
    "send_status", "send_error", "recipient", "attempt_count", "fallback_attempts", "claim",
    "unknown_attempts", "next_attempt_at",
)  # fmt: skip


def _next(project_id: str, routes: Routes, at: datetime) -> OutboundMessage | None:
    # An edit waits for what it takes the place of.
    in_turn = Q(edits=None) | Q(edits__send_status__in=[SendStatus.SENT, SendStatus.DEAD])
    due = OutboundMessage.objects.filter(
        routes.doable(), in_turn, project_id=project_id, next_attempt_at__lte=at
    )
    # Not against who only refers to it: a decision that queues the edit of this card.
    locked = due.select_for_update(skip_locked=True, of=("self",), no_key=True)
    locked = locked.select_related("edits", "project")
    return locked.order_by("next_attempt_at", "pk").first()


def _lost(message: OutboundMessage) -> None:
    is_fallback = message.send_status == SendStatus.DEAD
    number = message.fallback_attempts if is_fallback else message.attempt_count
    message.unknown_attempts += 1
    said = f"{message.send_error}; fallback: " if is_fallback and message.send_error else ""
    message.send_error = (said + UNKNOWN.format(number=number))[:500]
    message.claim = None


def _attempt(message: OutboundMessage, routes: Routes, at: datetime) -> Attempt | None:
    """Claim it for its channel or the fallback, or settle what can be done with neither."""
    stale = at - message.next_attempt_at > policy.STALE
    if message.send_status != SendStatus.DEAD:
        hopeless = _TOO_OLD if stale else _why_hopeless(message, routes)
        if not hopeless:
            message.send_status = SendStatus.SENDING
            message.attempt_count += 1
            message.recipient = message.recipient or routes.chat
            return _claimed(message, at, chat=_present_chat(message))
        message.send_status = SendStatus.DEAD
        message.send_error = hopeless
    if stale or not routes.fallback or not _may_be_told(message):
        message.next_attempt_at = None
        return None
    message.fallback_attempts += 1
    return _claimed(message, at)


def _why_hopeless(message: OutboundMessage, routes: Routes) -> str:
    """Answer why its channel will not have it any more, or an empty text."""
    if message.edits is not None and message.edits.send_status == SendStatus.DEAD:
        return "what it takes the place of was never sent"
    if message.attempt_count >= policy.MAX_ATTEMPTS:
        return message.send_error or f"{message.attempt_count} attempts"
    return routes.why_stranded(message)


def _may_be_told(message: OutboundMessage) -> bool:
    """Once a message, and never for the edit of a card: nobody misses that."""
    is_told = message.fallback_sent_at is not None or message.edits_id is not None
    return not is_told and message.fallback_attempts < policy.MAX_ATTEMPTS


def _claimed(message: OutboundMessage, at: datetime, chat: str = "") -> Attempt:
    message.claim = uuid4()
    message.next_attempt_at = at + policy.CLAIM
    return Attempt(message, message.claim, chat)


def _present_chat(message: OutboundMessage) -> str:
    moved = MovedChat.objects.filter(
        channel_type=message.channel_type, chat_id=message.recipient[:128]
    )
    message.recipient = moved.values_list("moved_to", flat=True).first() or message.recipient
    return message.recipient
