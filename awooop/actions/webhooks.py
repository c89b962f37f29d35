"""Subscribe addresses to a project's events, change that, and have an event posted again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from awooop import guarded_http, permissions
from awooop.actions import audit
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Conflict, Invalid, NotFound
from awooop.models import WebhookDelivery, WebhookSubscription
from awooop.models.webhook import DeliveryStatus
from awooop.webhooks import emitting, kinds, policy, secrets

OPERATION = "webhook.edit"
AT_MOST = 20


@transaction.atomic
def create(
    *, by: Caller, project_id: str, name: str, url: str, wanted: Iterable[str]
) -> tuple[WebhookSubscription, str]:
    """Subscribe an address; answers it and its secret, which is never shown again.

    Raises NotFound, NotAllowed, Invalid naming the fields, or Conflict `name_taken`, `too_many`.
    """
    permissions.check_can(by, OPERATION, project_id)
    secret = secrets.new()
    subscription = WebhookSubscription(
        project_id=project_id, secret=secrets.keep(secret), created_by=by.label[:254]
    )
    _fill(subscription, name, url, wanted)
    if WebhookSubscription.objects.filter(project_id=project_id).count() >= AT_MOST:
        text = _("A project has at most %(most)s webhooks.") % {"most": AT_MOST}
        raise Conflict(text, code="too_many")
    subscription.save(force_insert=True)
    _record(by, subscription, "webhook.create", _facts(subscription))
    return subscription, secret


@transaction.atomic
def update(
    *,
    by: Caller,
    subscription_id: UUID,
    name: str | None = None,
    url: str | None = None,
    wanted: Iterable[str] | None = None,
    is_active: bool | None = None,
) -> WebhookSubscription:
    """Change what is given of a subscription; switched on again it starts without its past faults.

    Raises NotFound, NotAllowed, Invalid, or Conflict `name_taken`.
    """
    subscription = _locked(by, subscription_id)
    before = _facts(subscription)
    if (name, url, wanted) != (None, None, None):
        _fill(
            subscription,
            subscription.name if name is None else name,
            subscription.url if url is None else url,
            subscription.kinds if wanted is None else wanted,
        )
    if is_active is not None and is_active != subscription.is_active:
        subscription.is_active = is_active
        subscription.disabled_at = None if is_active else now()
        subscription.disabled_reason = "" if is_active else f"by {by.label}"[:300]
    subscription.failing_since = subscription.paused_until = None
    subscription.save()
    _record(by, subscription, "webhook.update", {"before": before, "after": _facts(subscription)})
    return subscription


@transaction.atomic
def rotate_secret(*, by: Caller, subscription_id: UUID) -> tuple[WebhookSubscription, str]:
    """Give a subscription a new secret; for a day the one before signs beside it.

    Raises NotFound, NotAllowed.
    """
    subscription = _locked(by, subscription_id)
    secret = secrets.new()
    subscription.old_secret, subscription.secret = subscription.secret, secrets.keep(secret)
    if not _is_readable(subscription.old_secret):
        subscription.old_secret = ""
    subscription.old_secret_until = now() + policy.SECRET_OVERLAP
    subscription.save(update_fields=["secret", "old_secret", "old_secret_until"])
    _record(by, subscription, "webhook.rotate_secret", {"name": subscription.name})
    return subscription, secret


@transaction.atomic
def delete(*, by: Caller, subscription_id: UUID) -> None:
    """Delete a subscription with its secrets and its deliveries: what was not posted never is. The
    audit record keeps what it was and how many of its deliveries ended how.

    Raises NotFound, NotAllowed.
    """
    subscription = _locked(by, subscription_id)
    counted = subscription.deliveries.order_by().values("status").annotate(rows=Count("pk"))
    log = {row["status"]: row["rows"] for row in counted}
    _record(by, subscription, "webhook.delete", {**_facts(subscription), "deliveries": log})
    subscription.delete()


@transaction.atomic
def send_test(*, by: Caller, subscription_id: UUID) -> WebhookDelivery:
    """Queue a harmless event for one subscription; raises NotFound, NotAllowed, Conflict where it
    is switched off."""
    subscription = _locked(by, subscription_id)
    _check_active(subscription)
    delivery = emitting.emit_to(subscription, kinds.TEST, {"asked_by": by.label})
    _resume(subscription)
    _record(by, subscription, "webhook.test", {"delivery_id": str(delivery.pk)})
    return delivery


@transaction.atomic
def redeliver(*, by: Caller, delivery_id: UUID) -> WebhookDelivery:
    """Have an event posted again, under the same id, with fresh attempts.

    Raises NotFound, NotAllowed, or Conflict where it is being posted or its webhook is switched
    off.
    """
    rows = WebhookDelivery.objects.select_for_update().filter(project_id__in=by.projects)
    delivery = rows.filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound(_("No such delivery, or none that you may see."))
    permissions.check_can(by, OPERATION, delivery.project_id)
    subscription = _locked(by, delivery.subscription_id)
    _check_active(subscription)
    if delivery.claim is not None and delivery.next_attempt_at and delivery.next_attempt_at > now():
        raise Conflict(_("It is being sent at this moment."), code="being_sent")
    delivery.status, delivery.attempt_count, delivery.claim = DeliveryStatus.QUEUED, 0, None
    delivery.next_attempt_at = now()
    delivery.save(update_fields=["status", "attempt_count", "claim", "next_attempt_at"])
    _resume(subscription)
    _record(by, subscription, "webhook.redeliver", {"delivery_id": str(delivery.pk)})
    emitting.ring()
    return delivery


def _locked(by: Caller, subscription_id: UUID) -> WebhookSubscription:
    rows = WebhookSubscription.objects.select_for_update().filter(project_id__in=by.projects)
    found = rows.filter(pk=subscription_id).first()
    if found is None:
        raise NotFound(_("No such webhook, or none that you may see."))
    permissions.check_can(by, OPERATION, found.project_id)
    return found


def _check_active(subscription: WebhookSubscription) -> None:
    if not subscription.is_active:
        raise Conflict(_("This webhook is switched off."), code="webhook_disabled")


def _resume(subscription: WebhookSubscription) -> None:
    """Somebody asks: do not make them wait for the end of a pause."""
    subscription.paused_until = None
    subscription.save(update_fields=["paused_until"])


def _fill(subscription: WebhookSubscription, name: str, url: str, wanted: Iterable[str]) -> None:
    errors = {}
    name, chosen = name.strip(), sorted(set(wanted))
    if not 1 <= len(name) <= 100:
        errors["name"] = _("must have 1 to 100 characters")
    if not chosen or set(chosen) - set(kinds.all_kinds()):
        allowed = ", ".join(kinds.all_kinds())
        errors["kinds"] = _("must be one or more of %(allowed)s") % {"allowed": allowed}
    try:
        guarded_http.check_url(url, policy.reach())
    except Invalid as refused:
        errors |= {row["field"]: row["message"] for row in refused.errors}
    if errors:
        raise Invalid(errors)
    same = WebhookSubscription.objects.filter(project_id=subscription.project_id, name=name)
    if same.exclude(pk=subscription.pk).exists():
        raise Conflict(_("A webhook of this name is there already."), code="name_taken")
    subscription.name, subscription.url, subscription.kinds = name, url, chosen


def _is_readable(kept: str) -> bool:
    try:
        secrets.read(kept)
    except secrets.Unreadable:
        return False
    return True


def _facts(subscription: WebhookSubscription) -> dict[str, Any]:
    names = ("name", "url", "kinds", "is_active")
    return {name: getattr(subscription, name) for name in names}


def _record(
    by: Caller, subscription: WebhookSubscription, action: str, details: dict[str, Any]
) -> None:
    entry = audit.Entry(action, "webhook", str(subscription.pk), details)
    audit.append(project_id=subscription.project_id, by=by, entry=entry)
