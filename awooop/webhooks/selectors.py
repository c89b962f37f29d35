"""Reads of subscriptions and their deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from awooop import paging
from awooop.errors import NotFound
from awooop.models import WebhookDelivery, WebhookSubscription

NEWEST = paging.Ordering("webhook_deliveries", ("created_at", "delivery_id"))


def subscriptions(
    projects: Sequence[str], is_active: bool | None = None
) -> list[WebhookSubscription]:
    """Answer the subscriptions of projects, by project and name: all (None), or those that are
    on or off."""
    rows = WebhookSubscription.objects.filter(project_id__in=projects)
    if is_active is not None:
        rows = rows.filter(is_active=is_active)
    return list(rows.order_by("project_id", "name"))


def find(subscription_id: UUID, projects: Sequence[str]) -> WebhookSubscription:
    """Answer one subscription; raises NotFound."""
    rows = WebhookSubscription.objects.filter(pk=subscription_id, project_id__in=projects)
    found = rows.first()
    if found is None:
        raise NotFound(_("No such webhook, or none that you may see."))
    return found


def deliveries(
    projects: Sequence[str],
    *,
    request: paging.PageRequest,
    subscription_id: UUID | None = None,
    status: str | None = None,
) -> paging.Page:
    """Answer a page of deliveries, newest first."""
    rows: Any = WebhookDelivery.objects.select_related("subscription")
    if subscription_id is not None:
        rows = rows.filter(subscription_id=subscription_id)
    if status:
        rows = rows.filter(status=status)
    return paging.paginate(rows, projects, NEWEST, request)
