"""Whether a channel takes messages: its pauses and outages, shared by every process.

While a channel is down nothing is tried with messages: one harmless question (`probe`) is, at
growing intervals, so that an outage costs no message its attempts. When it answers again, what
waited is due at once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q

from awooop import tenancy
from awooop.clock import now
from runs.models import ChannelHealth, OutboundMessage, SendStatus
from runs.outbox import policy

log = structlog.get_logger(__name__)
# No one else probes while one does, for so long.
_PROBE = timedelta(seconds=30)


def takes_messages(channel: str, probe: Callable[[], str]) -> bool:
    """Whether messages may be tried now; asks the channel itself where it was down.

    `probe` answers what is wrong, or an empty text.
    """
    at = now()
    health = ChannelHealth.objects.filter(pk=channel).first()
    if health is None or _is_well(health, at):
        return True
    if health.paused_until is not None and health.paused_until > at:
        return False
    if not _claim_probe(channel, at):
        return False
    error = probe()
    if error:
        fault(channel, error)
        return False
    recovered(channel)
    return True


def _is_well(health: ChannelHealth, at: datetime) -> bool:
    return not health.faults and (health.paused_until is None or health.paused_until <= at)


def _claim_probe(channel: str, at: datetime) -> bool:
    free = Q(paused_until=None) | Q(paused_until__lte=at)
    found = ChannelHealth.objects.filter(free, pk=channel)
    return found.update(paused_until=at + _PROBE) == 1


@transaction.atomic
def pause(channel: str, seconds: int, error: str) -> datetime:
    """Let nothing be sent for so long (it said so itself); answers until when."""
    health = _locked(channel)
    until = now() + timedelta(seconds=seconds)
    health.paused_until = max(until, health.paused_until or until)
    health.last_error = error[:500]
    health.save(update_fields=["paused_until", "last_error"])
    log.warning("channel_paused", channel=channel, seconds=seconds, error=error)
    return health.paused_until


@transaction.atomic
def fault(channel: str, error: str) -> datetime:
    """Count a fault of the channel itself; answers when it is asked again."""
    health = _locked(channel)
    at = now()
    health.faults += 1
    health.down_since = health.down_since or at
    health.paused_until = max(at + policy.pause(health.faults), health.paused_until or at)
    health.last_error = error[:500]
    health.save()
    log.warning("channel_fault", channel=channel, faults=health.faults, error=error)
    return health.paused_until


def recovered(channel: str) -> None:
    """End an outage: what waited for the channel is due now."""
    with transaction.atomic():
        health = _locked(channel)
        was_outage, since = health.faults > 1, health.down_since
        health.faults, health.down_since, health.paused_until = 0, None, None
        health.save()
    if not was_outage:  # a single fault may have been the message's: it keeps its back-off
        return
    with tenancy.all_projects() as projects:
        moved = OutboundMessage.objects.filter(
            project_id__in=projects,
            channel_type=channel,
            send_status=SendStatus.QUEUED,
            next_attempt_at__gt=now(),
        ).update(next_attempt_at=now())
    log.info("channel_recovered", channel=channel, down_since=since, due_now=moved)


def _locked(channel: str) -> ChannelHealth:
    ChannelHealth.objects.bulk_create([ChannelHealth(pk=channel)], ignore_conflicts=True)
    return ChannelHealth.objects.select_for_update().get(pk=channel)
