"""Write an event for whoever subscribed to it, in the transaction of the fact itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from awooop import bells
from awooop.canonical import canonical_json
from awooop.clock import now
from awooop.models import WebhookDelivery, WebhookSubscription
from awooop.redaction import redact_json

TASK, BELL = "awooop.webhooks.tasks.deliver", "webhooks"
Data = dict[str, Any]
_SUBSCRIBED = """
select project_id, subscription_id from awooop_webhooksubscription
 where project_id = any(%s) and is_active and kinds @> array[%s]::varchar[]
 order by project_id, subscription_id
"""


def _as_it_is(data: Any) -> Data:
    return data


def emit(
    project_id: str, kind: str, events: Sequence[Any], tell: Callable[[Any], Data] = _as_it_is
) -> int:
    """Queue these events of one project for each of its subscriptions; answers how many."""
    return emit_all({project_id: events}, kind, tell)


def emit_all(
    events: Mapping[str, Sequence[Any]], kind: str, tell: Callable[[Any], Data] = _as_it_is
) -> int:
    """Queue the events of each project for each of its subscriptions; answers how many.

    One statement where nobody subscribed, two where somebody did: only then `tell` is asked what an
    event says. Secrets are redacted.
    """
    projects = sorted(project_id for project_id, told in events.items() if told)
    if not projects:
        return 0
    subscribed = _subscribed(projects, kind)
    at = now()
    bodies = {
        project_id: [body(project_id, kind, tell(event), at) for event in events[project_id]]
        for project_id in {project_id for project_id, _ in subscribed}
    }
    deliveries = [
        _delivery(project_id, pk, kind, text, at)
        for project_id, pk in subscribed
        for text in bodies[project_id]
    ]
    if not deliveries:
        return 0
    WebhookDelivery.objects.bulk_create(deliveries)
    ring()
    return len(deliveries)


def _subscribed(projects: Sequence[str], kind: str) -> list[tuple[str, Any]]:
    """Answer the subscriptions to this kind with their projects; asked at nearly every write."""
    with connection.cursor() as cursor:
        cursor.execute(_SUBSCRIBED, [list(projects), kind])
        return cursor.fetchall()


def emit_to(subscription: WebhookSubscription, kind: str, data: Data) -> WebhookDelivery:
    """Queue one event for one subscription, whatever it subscribed to."""
    at = now()
    project_id = subscription.project_id
    text = body(project_id, kind, data, at)
    delivery = _delivery(project_id, subscription.pk, kind, text, at)
    delivery.save(force_insert=True)
    ring()
    return delivery


def body(project_id: str, kind: str, data: Data, at: datetime) -> str:
    """Answer what is posted: the kind, when it happened, and what."""
    clean, _count = redact_json(data)
    return canonical_json(
        {"type": kind, "timestamp": at, "data": {"project_id": project_id, **clean}}
    )


def _delivery(project_id: str, pk: Any, kind: str, text: str, at: datetime) -> WebhookDelivery:
    return WebhookDelivery(
        project_id=project_id,
        subscription_id=pk,
        kind=kind,
        body=text,
        created_at=at,
        next_attempt_at=at,
    )


def ring() -> None:
    """Have the cluster look once this transaction is committed: once for all of its events."""
    if not any(each[1] is _ring for each in connection.run_on_commit):
        transaction.on_commit(_ring, robust=True)  # a broker that is gone must not fail the request


def _ring() -> None:
    bells.ring(BELL, TASK)
