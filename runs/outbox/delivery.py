"""Deliver what is due: claim, send outside any transaction, record; until nothing is due."""

from __future__ import annotations

import time
from collections import Counter

import structlog
from django.conf import settings

from awooop import tenancy
from awooop.clock import now
from runs.actions import notify
from runs.models import OutboundMessage
from runs.outbox import bell, claims, fallback, health, outcomes
from runs.outbox.claims import Attempt
from runs.outbox.routes import Routes, fallback_urls
from runs.telegram import client as telegram
from runs.telegram import errors, sending

log = structlog.get_logger(__name__)
CHANNEL = "telegram"
RESULTS = ("sent", "failed", "delayed", "readdressed", "dead", "fallback", "fallback_failed")
# So long one task holds a worker of the cluster; what is left is for the next.
_SECONDS = 20.0
# So many of one project before the next one's turn.
_TURN = 10


def deliver(*, seconds: float = _SECONDS) -> dict[str, int]:
    """Deliver until nothing is due or the time is over; answers how many attempts ended how.

    Rings again where the time was too short. Safe to run at once with others and to be killed at
    any moment.
    """
    done: Counter[str] = Counter(dict.fromkeys(RESULTS, 0))
    ends = time.monotonic() + seconds
    projects = _projects_with_due() if _has_any_way() else []
    while projects and time.monotonic() < ends:
        projects = [project for project in projects if _turn(project, done, ends)]
    if projects:
        bell.ring()
    return dict(done)


def _has_any_way() -> bool:
    return bool(settings.OUTBOX_CHANNELS or settings.FALLBACK_NOTIFY_URLS)


def _projects_with_due() -> list[str]:
    with tenancy.all_projects() as projects:
        due = OutboundMessage.objects.filter(project_id__in=projects, next_attempt_at__lte=now())
        return sorted(due.order_by().values_list("project_id", flat=True).distinct())


def _turn(project_id: str, done: Counter[str], ends: float) -> bool:
    """Deliver a few of one project; answers whether more may be due."""
    for _ in range(_TURN):
        if time.monotonic() >= ends:
            return True
        attempt = claims.take(project_id, _routes(project_id))
        if attempt is None:
            return False
        done[_perform(attempt)] += 1
    return True


def _routes(project_id: str) -> Routes:
    configured = tuple(settings.OUTBOX_CHANNELS) if telegram.configured() else ()
    is_open = bool(configured) and health.takes_messages(CHANNEL, _probe)
    with tenancy.scope([project_id]):
        chat = notify.operators_chat(project_id)
    return Routes(configured, configured if is_open else (), chat, fallback_urls(project_id))


def _probe() -> str:
    client = telegram.configured()
    if client is None:
        return "no token"
    try:
        client.get_me()
    except errors.RateLimited as error:
        health.pause(CHANNEL, error.retry_after, error.description)
        return error.description
    except errors.TelegramError as error:
        return error.description
    return ""


def _perform(attempt: Attempt) -> str:
    if attempt.is_fallback:
        is_told = fallback.tell(attempt.message, fallback_urls(attempt.message.project_id))
        return outcomes.told(attempt) if is_told else outcomes.not_told(attempt)
    client = telegram.configured()
    if client is None:
        return outcomes.put_back(attempt, "no token", now())
    try:
        provider_id = sending.send(client, attempt.message, attempt.chat)
    except errors.TelegramError as error:
        return _failed(attempt, error)
    except Exception as error:
        log.exception("message_broke", message_id=str(attempt.message.pk))
        said = f"internal error ({type(error).__name__})"
        return outcomes.failed(attempt, said, is_unknown=True)
    return outcomes.sent(attempt, provider_id)


def _failed(attempt: Attempt, error: errors.TelegramError) -> str:
    """What is to be done about it: the one place where kinds of failure become outcomes."""
    said = error.description
    match error:
        case errors.RateLimited():
            return outcomes.put_back(attempt, said, health.pause(CHANNEL, error.retry_after, said))
        case errors.Migrated():
            until = error.retry_after and health.pause(CHANNEL, error.retry_after, said)
            return outcomes.readdressed(attempt, str(error.chat_id), said, until or None)
        case errors.Unreachable() | errors.BadToken():
            return outcomes.put_back(attempt, said, health.fault(CHANNEL, said))
        case errors.ServerFault() | errors.Unanswered():
            health.fault(CHANNEL, said)
            is_unknown = isinstance(error, errors.Unanswered)
            return outcomes.delayed(attempt, said, is_unknown=is_unknown)
        case errors.Permanent():
            return outcomes.died(attempt, said)
        case _:
            return outcomes.failed(attempt, said)
