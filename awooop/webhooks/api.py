"""Outbound webhooks by API: subscribe, change, rotate, test, look at deliveries, redeliver."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from awooop import permissions
from awooop.actions import webhooks as actions
from awooop.models import WebhookDelivery, WebhookSubscription
from awooop.models.webhook import DeliveryStatus
from awooop.paging import PageRequest
from awooop.rest import GOVERN, PROBLEMS, READ, Body, Page, PerPage, ProjectId
from awooop.webhooks import selectors

router = Router(tags=["webhooks out"])
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Url = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Kinds = Annotated[
    list[Annotated[str, StringConstraints(max_length=64)]], Field(min_length=1, max_length=50)
]


class SubscriptionOut(Schema):
    """An address that gets a project's events; never its secret."""

    subscription_id: UUID
    project_id: str
    name: str
    url: str
    kinds: list[str]
    is_active: bool
    created_at: datetime
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_reason: str


class SubscriptionWithSecret(SubscriptionOut):
    """A subscription and, this once, its secret."""

    secret: str


class SubscriptionsOut(Schema):
    subscriptions: list[SubscriptionOut]
    total: int


class SubscriptionIn(Body):
    """What to subscribe, and to what."""

    project_id: ProjectId | None = None
    name: Name
    url: Url
    kinds: Kinds


class SubscriptionChange(Body):
    """What to change; what is absent stays."""

    name: Name | None = None
    url: Url | None = None
    kinds: Kinds | None = None
    is_active: bool | None = None


class DeliveryOut(Schema):
    """One event for one subscription; `webhook_id` is what the receiver saw."""

    delivery_id: UUID
    webhook_id: str
    subscription_id: UUID
    project_id: str
    kind: str
    status: str
    attempt_count: int
    next_attempt_at: datetime | None
    last_status: int | None
    last_error: str
    attempts: list[dict[str, Any]]
    created_at: datetime
    delivered_at: datetime | None


class DeliveriesOut(Schema):
    deliveries: list[DeliveryOut]
    total: int
    total_is_exact: bool
    page: int
    per_page: int
    next_cursor: str | None


@router.get(
    "/platform/webhook-subscriptions", response={200: SubscriptionsOut, **PROBLEMS}, auth=READ
)
def list_webhook_subscriptions(request: HttpRequest, project_id: str | None = None):
    """The addresses that get events, by project and name; of an address only its host is shown."""
    projects = permissions.readable_projects(request.caller, project_id)
    rows = [_listed(row) for row in selectors.subscriptions(projects)]
    return {"subscriptions": rows, "total": len(rows)}


@router.post(
    "/platform/webhook-subscriptions",
    response={201: SubscriptionWithSecret, **PROBLEMS},
    auth=GOVERN,
)
def subscribe_webhook(request: HttpRequest, payload: SubscriptionIn):
    """Subscribe an address; its secret is in this answer and nowhere else."""
    caller = request.caller
    made, secret = actions.create(
        by=caller,
        project_id=permissions.writable_project(caller, payload.project_id),
        name=payload.name,
        url=payload.url,
        wanted=payload.kinds,
    )
    return Status(201, _with_secret(made, secret))


@router.patch(
    "/platform/webhook-subscriptions/{subscription_id}",
    response={200: SubscriptionOut, **PROBLEMS},
    auth=GOVERN,
)
def change_webhook(request: HttpRequest, subscription_id: UUID, payload: SubscriptionChange):
    """Change a subscription, or switch it off and on."""
    given = payload.model_dump(exclude_unset=True)
    return actions.update(
        by=request.caller,
        subscription_id=subscription_id,
        name=given.get("name"),
        url=given.get("url"),
        wanted=given.get("kinds"),
        is_active=given.get("is_active"),
    )


@router.delete(
    "/platform/webhook-subscriptions/{subscription_id}",
    response={204: None, **PROBLEMS},
    auth=GOVERN,
)
def delete_webhook(request: HttpRequest, subscription_id: UUID):
    """Delete a subscription, its secrets and the log of its deliveries."""
    actions.delete(by=request.caller, subscription_id=subscription_id)
    return Status(204, None)


@router.post(
    "/platform/webhook-subscriptions/{subscription_id}/rotate-secret",
    response={200: SubscriptionWithSecret, **PROBLEMS},
    auth=GOVERN,
)
def rotate_webhook_secret(request: HttpRequest, subscription_id: UUID):
    """Make a new secret; for 24 hours both sign."""
    made, secret = actions.rotate_secret(by=request.caller, subscription_id=subscription_id)
    return _with_secret(made, secret)


@router.post(
    "/platform/webhook-subscriptions/{subscription_id}/test",
    response={202: DeliveryOut, **PROBLEMS},
    auth=GOVERN,
)
def test_webhook(request: HttpRequest, subscription_id: UUID):
    """Queue a `webhook.test` event for this subscription."""
    delivery = actions.send_test(by=request.caller, subscription_id=subscription_id)
    return Status(202, _delivery(delivery))


@router.get("/platform/webhook-deliveries", response={200: DeliveriesOut, **PROBLEMS}, auth=READ)
def list_webhook_deliveries(
    request: HttpRequest,
    project_id: str | None = None,
    subscription_id: UUID | None = None,
    status: Literal[tuple(DeliveryStatus.values)] | None = None,
    page: Page = 1,
    per_page: PerPage = 50,
    cursor: str | None = None,
):
    """Deliveries, newest first, with what the receiver answered."""
    found = selectors.deliveries(
        permissions.readable_projects(request.caller, project_id),
        request=PageRequest(page, per_page, cursor or None),
        subscription_id=subscription_id,
        status=status,
    )
    return {
        "deliveries": [_delivery(row) for row in found.items],
        "total": found.total,
        "total_is_exact": found.total_is_exact,
        "page": found.page,
        "per_page": found.per_page,
        "next_cursor": found.next_cursor,
    }


@router.post(
    "/platform/webhook-deliveries/{delivery_id}/redeliver",
    response={202: DeliveryOut, **PROBLEMS},
    auth=GOVERN,
)
def redeliver_webhook(request: HttpRequest, delivery_id: UUID):
    """Have an event posted again, under the same id."""
    return Status(202, _delivery(actions.redeliver(by=request.caller, delivery_id=delivery_id)))


def _listed(subscription: WebhookSubscription) -> dict[str, Any]:
    """A path or query may be what the receiver knows its senders by."""
    parts = urlsplit(subscription.url)
    values = {name: getattr(subscription, name) for name in SubscriptionOut.model_fields}
    return {**values, "url": f"{parts.scheme}://{parts.netloc}/…"}


def _with_secret(subscription: WebhookSubscription, secret: str) -> dict[str, Any]:
    names = SubscriptionOut.model_fields
    return {**{name: getattr(subscription, name) for name in names}, "secret": secret}


def _delivery(delivery: WebhookDelivery) -> dict[str, Any]:
    names = set(DeliveryOut.model_fields) - {"webhook_id"}
    values = {name: getattr(delivery, name) for name in names}
    return {**values, "webhook_id": f"msg_{delivery.pk.hex}"}
