"""What was not delivered, and how the channels stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from awooop import paging, together
from awooop.clock import now
from awooop.errors import Invalid
from runs.models import ChannelHealth, MessageType, OutboundMessage, SendStatus
from runs.models.channels import UNDELIVERED
from runs.outbox import policy

NEWEST = paging.Ordering("outbox.newest", ("queued_at", "message_id"))
COUNT_AT_MOST = 1_000
STATUSES = tuple(status for status in SendStatus.values if status != SendStatus.SENT)


@dataclass(frozen=True)
class OutboxFilters:
    """What the list of undelivered messages is narrowed to; `''` is no filter."""

    status: str = ""
    message_type: str = ""
    channel: str = ""
    message_id: str = ""

    def as_query(self) -> dict[str, str]:
        """Answer the filters that are set, as a query string holds them."""
        return {name: value for name, value in asdict(self).items() if value}


def parse_filters(given: Mapping[str, str | None]) -> OutboxFilters:
    """Check filters as they came from a query string; raises Invalid naming each."""
    names = ("status", "message_type", "channel", "message_id")
    values = {name: given.get(name) or "" for name in names}
    errors = {}
    for name, allowed in (("status", STATUSES), ("message_type", MessageType.values)):
        if values[name] and values[name] not in allowed:
            errors[name] = _("must be one of %(values)s") % {"values": ", ".join(allowed)}
    if len(values["channel"]) > 32:
        errors["channel"] = _("must have at most %(n)d characters") % {"n": 32}
    if values["message_id"] and not _is_uuid(values["message_id"]):
        errors["message_id"] = _("must be a UUID")
    if errors:
        raise Invalid(errors)
    return OutboxFilters(**values)


def undelivered(
    filters: OutboxFilters, projects: Sequence[str], request: paging.PageRequest
) -> paging.Page:
    """Answer one page of what did not arrive, newest first.

    One message asked for by its id is found whatever became of it: a link to it stays good.
    """
    return paging.paginate(filtered(filters), projects, NEWEST, request)


def filtered(filters: OutboxFilters) -> QuerySet[OutboundMessage]:
    """Answer what the filters leave, not yet restricted to projects, nor ordered."""
    if filters.message_id:
        found = OutboundMessage.objects.filter(pk=UUID(filters.message_id))
    else:
        found = not_delivered()
    if filters.status:
        found = found.filter(send_status=filters.status)
    if filters.message_type:
        found = found.filter(message_type=filters.message_type)
    if filters.channel:
        found = found.filter(channel_type=filters.channel)
    return found


def count_undelivered(projects: Sequence[str]) -> int:
    """Answer how many did not arrive, counted no further than 1,000 (a badge, not a report)."""
    return together.read(number_undelivered(projects))[0]


def number_undelivered(projects: Sequence[str]) -> together.Read:
    """Ask what `count_undelivered` answers."""
    return together.count(paging.restrict(not_delivered(), projects), COUNT_AT_MOST)


def channels() -> list[dict[str, Any]]:
    """Answer each channel that this installation delivers to, and whether it takes messages."""
    return together.read(state_of_channels())[0]


def state_of_channels() -> together.Read:
    """Ask what `channels` answers."""

    def of_each(rows: list[ChannelHealth]) -> list[dict[str, Any]]:
        health = {row.pk: row for row in rows}
        return [_channel(name, health.get(name)) for name in settings.OUTBOX_CHANNELS]

    return together.objects(ChannelHealth.objects.order_by("pk")).then(of_each)


def _channel(name: str, health: ChannelHealth | None) -> dict[str, Any]:
    at = now()
    paused = health.paused_until if health else None
    is_down = bool(health and health.faults)
    is_paused = not is_down and paused is not None and paused > at
    return {
        "channel_type": name,
        "state": "down" if is_down else "paused" if is_paused else "ok",
        "down_since": health.down_since if health and is_down else None,
        "paused_until": paused if is_down or is_paused else None,
        "last_error": health.last_error if health and (is_down or is_paused) else "",
    }


def not_delivered() -> QuerySet[OutboundMessage]:
    """Given up, or failing, or not out two minutes after it was queued.

    What an integration only reports (it has no next attempt) counts where it reports a failure.
    """
    late = Q(
        send_status__in=[SendStatus.QUEUED, SendStatus.SENDING],
        next_attempt_at__isnull=False,
        queued_at__lte=now() - policy.OVERDUE,
    )
    given_up = Q(send_status__in=[SendStatus.FAILED, SendStatus.DEAD])
    return OutboundMessage.objects.filter(UNDELIVERED).filter(late | given_up)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
