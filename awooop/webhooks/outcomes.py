"""Record what came of an attempt: one short transaction, and only by whose claim it still is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from awooop import counters, metrics, signals, tenancy
from awooop.actions import audit
from awooop.callers import system
from awooop.clock import now
from awooop.guarded_http import Answer
from awooop.models import WebhookDelivery, WebhookSubscription
from awooop.models.webhook import DeliveryStatus
from awooop.redaction import redact
from awooop.webhooks import policy
from awooop.webhooks.claims import Attempt

log = structlog.get_logger(__name__)
GONE = 410
ATTEMPTS = metrics.counter(
    "awooop_webhook_attempts",
    "Attempts to post an outbound webhook, by outcome.",
    ("project_id", "result"),
    values={"result": ("delivered", "failed", "dead")},
)
_BY = system("webhooks")


def taken(attempt: Attempt, answer: Answer, took_ms: int) -> str:
    """It was taken; answers `delivered`."""
    values = {"status": DeliveryStatus.DELIVERED, "delivered_at": now(), "next_attempt_at": None}
    if _write(attempt, answer, "", took_ms, values, "delivered"):
        subscription = _subscriptions(attempt)
        with tenancy.scope([attempt.delivery.project_id]):
            subscription.exclude(failing_since=None, paused_until=None).update(
                failing_since=None, paused_until=None
            )
    return "delivered"


def failed(attempt: Attempt, answer: Answer | None, error: str, took_ms: int) -> str:
    """It was not: posted again later, or given up; answers `failed` or `dead`.

    410 says that nobody will ever take it: the subscription is switched off, as it is where an
    event was given up and nothing arrived for three days.
    """
    at, count = now(), attempt.delivery.attempt_count
    is_gone = answer is not None and answer.status == GONE
    is_over = is_gone or count >= policy.MAX_ATTEMPTS
    wait = None if is_over else at + policy.delay(count, answer.retry_after if answer else None)
    status = DeliveryStatus.DEAD if is_over else DeliveryStatus.FAILED
    result = "dead" if is_over else "failed"
    values = {"status": status, "next_attempt_at": wait}
    if _write(attempt, answer, error, took_ms, values, result):
        _note_failure(attempt, at, error, is_gone=is_gone, is_over=is_over)
    return result


def _write(
    attempt: Attempt,
    answer: Answer | None,
    error: str,
    took_ms: int,
    values: dict[str, Any],
    result: str,
) -> bool:
    """Record it, and answer whether it was still this attempt's to record."""
    delivery = attempt.delivery
    said = redact(error).text[:300]
    entry = {
        "at": now().isoformat(),
        "status": answer.status if answer else None,
        "error": said,
        "answer": redact(answer.text).text[:200].replace("\0", "") if answer and error else "",
        "ms": took_ms,
    }
    values |= {
        "claim": None,
        "last_status": answer.status if answer else None,
        "last_error": said,
        "attempts": [*delivery.attempts, entry][-policy.LOGGED_ATTEMPTS :],
    }
    with transaction.atomic(), tenancy.scope([delivery.project_id]):
        mine = WebhookDelivery.objects.filter(pk=delivery.pk, claim=attempt.claim)
        changed = mine.update(**values)
        if changed:
            counters.add(ATTEMPTS.name, project_id=delivery.project_id, result=result)
    if error:
        ident = str(delivery.pk)
        log.info("webhook_failed", delivery_id=ident, project_id=delivery.project_id, error=said)
    return bool(changed)


def _subscriptions(attempt: Attempt) -> Any:
    return WebhookSubscription.objects.filter(pk=attempt.delivery.subscription_id)


def _note_failure(
    attempt: Attempt, at: datetime, error: str, *, is_gone: bool, is_over: bool
) -> None:
    with transaction.atomic(), tenancy.scope([attempt.delivery.project_id]):
        found = _subscriptions(attempt).select_for_update().first()
        if found is None:
            return
        found.failing_since = found.failing_since or at
        found.paused_until = at + min(policy.PAUSE, policy.delay(attempt.delivery.attempt_count))
        found.save(update_fields=["failing_since", "paused_until"])
        has_failed_long = at - found.failing_since >= policy.GIVE_UP
        if found.is_active and (is_gone or (is_over and has_failed_long)):
            why = "it answered 410: it is gone for good" if is_gone else f"nothing arrived: {error}"
            switch_off(found, why)


def switch_off(subscription: WebhookSubscription, why: str) -> None:
    """Switch a subscription off that takes nothing, put it on record and tell who listens."""
    subscription.is_active = False
    subscription.disabled_at, subscription.disabled_reason = now(), redact(why).text[:300]
    subscription.save(update_fields=["is_active", "disabled_at", "disabled_reason"])
    details = {"name": subscription.name, "reason": subscription.disabled_reason}
    entry = audit.Entry("webhook.disable", "webhook", str(subscription.pk), details)
    audit.append(project_id=subscription.project_id, by=_BY, entry=entry)
    signals.webhook_disabled.send(sender=WebhookSubscription, subscription=subscription)
