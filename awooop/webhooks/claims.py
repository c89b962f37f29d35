"""Take the next delivery: one short transaction, under a row lock that others skip."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from awooop import tenancy
from awooop.clock import now
from awooop.models import WebhookDelivery
from awooop.models.webhook import DeliveryStatus
from awooop.webhooks import policy

UNKNOWN = "no outcome is known: it may have arrived, and may arrive twice"


@dataclass(frozen=True)
class Attempt:
    """One claimed delivery; `claim` says whose it is."""

    delivery: WebhookDelivery
    claim: UUID


def projects_with_due() -> list[str]:
    """Answer the projects in which something is due whose address is not paused."""
    at = now()
    with tenancy.all_projects() as projects:
        due = WebhookDelivery.objects.filter(
            _is_open(at), project_id__in=projects, next_attempt_at__lte=at
        )
        return sorted(due.order_by().values_list("project_id", flat=True).distinct())


def something_is_ready() -> bool:
    """Whether a delivery is due whose address is not paused, in any project."""
    at = now()
    with tenancy.all_projects() as projects:
        due = WebhookDelivery.objects.filter(project_id__in=projects, next_attempt_at__lte=at)
        return due.filter(_is_open(at), subscription__is_active=True).exists()


def _is_open(at: datetime) -> Q:
    return Q(subscription__paused_until=None) | Q(subscription__paused_until__lte=at)


def take(project_id: str, *, but_of: Collection[UUID] = ()) -> Attempt | None:
    """Claim the longest due delivery of a project whose address is not paused, and none of these
    subscriptions; None: nothing.

    One whose claim ran out was being posted when its process ended: that attempt is told as
    unknown, and it is posted again. What is left of a subscription that was switched off waits for
    nobody.
    """
    at = now()
    with transaction.atomic(), tenancy.scope([project_id]):
        _drop_switched_off(project_id)
        due = WebhookDelivery.objects.filter(
            _is_open(at),
            project_id=project_id,
            next_attempt_at__lte=at,
            subscription__is_active=True,
        )
        locked = due.exclude(subscription_id__in=but_of).select_for_update(
            skip_locked=True, of=("self",)
        )
        row = locked.select_related("subscription").order_by("next_attempt_at", "pk").first()
        if row is None:
            return None
        if row.claim is not None:
            row.last_error = UNKNOWN
        row.status, row.claim = DeliveryStatus.SENDING, uuid4()
        row.attempt_count += 1
        row.next_attempt_at = at + policy.CLAIM
        row.save(
            update_fields=["status", "claim", "attempt_count", "next_attempt_at", "last_error"]
        )
        return Attempt(row, row.claim)


def _drop_switched_off(project_id: str) -> None:
    left = WebhookDelivery.objects.filter(
        project_id=project_id,
        next_attempt_at__lte=now(),
        subscription__is_active=False,
    )
    left.update(
        status=DeliveryStatus.DEAD, next_attempt_at=None, last_error="the webhook is switched off"
    )
