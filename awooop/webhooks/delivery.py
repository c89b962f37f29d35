"""Deliver what is due: claim, post outside any transaction, record; until nothing is due."""

from __future__ import annotations

import time
from collections import Counter

import structlog

from awooop import guarded_http
from awooop.clock import now
from awooop.errors import Invalid
from awooop.guarded_http import Answer, Undeliverable
from awooop.models import WebhookDelivery, WebhookSubscription
from awooop.webhooks import claims, emitting, outcomes, policy, secrets, signing
from awooop.webhooks.claims import Attempt

log = structlog.get_logger(__name__)
RESULTS = ("delivered", "failed", "dead")
# So long one task holds a worker of the cluster; what is left is for the next.
_SECONDS = 20.0
# So many of one project before the next one's turn.
_TURN = 10


def deliver(*, seconds: float = _SECONDS) -> dict[str, int]:
    """Deliver until nothing is due or the time is over; answers how many attempts ended how.

    Rings again where the time was too short. Safe to run at once with others and to be killed at
    any moment: what was posted then is posted again, under the same id.
    """
    done: Counter[str] = Counter(dict.fromkeys(RESULTS, 0))
    ends = time.monotonic() + seconds
    projects = claims.projects_with_due()
    while projects and time.monotonic() < ends:
        projects = [project for project in projects if _turn(project, done, ends)]
    if projects:
        emitting.ring()
    return dict(done)


def _turn(project_id: str, done: Counter[str], ends: float) -> bool:
    """Deliver a few of one project; answers whether more may be due."""
    for _ in range(_TURN):
        if time.monotonic() >= ends:
            return True
        attempt = claims.take(project_id)
        if attempt is None:
            return False
        done[_perform(attempt)] += 1
    return True


def _perform(attempt: Attempt) -> str:
    started = time.perf_counter()
    answer, error = None, ""
    try:
        answer = _post(attempt.delivery)
    except (Undeliverable, Invalid, secrets.Unreadable) as refused:
        error = str(refused)
    took_ms = int((time.perf_counter() - started) * 1000)
    if answer is not None and answer.is_taken:
        return outcomes.taken(attempt, answer, took_ms)
    if answer is not None:
        error = _told(answer)
    return outcomes.failed(attempt, answer, error, took_ms)


def _told(answer: Answer) -> str:
    if 300 <= answer.status < 400:
        return f"it answered {answer.status}: redirects are not followed"
    return f"it answered {answer.status}"


def _post(delivery: WebhookDelivery) -> Answer:
    body = delivery.body.encode()
    keys = signing_secrets(delivery.subscription)
    headers = signing.headers(f"msg_{delivery.pk.hex}", now(), body, keys)
    return guarded_http.post(delivery.subscription.url, body, headers, policy=policy.reach())


def signing_secrets(subscription: WebhookSubscription) -> list[str]:
    """Answer the secrets that sign now: the one, and for a day after a change the one before."""
    found = [secrets.read(subscription.secret)]
    until = subscription.old_secret_until
    if subscription.old_secret and until is not None and until > now():
        found.append(secrets.read(subscription.old_secret))
    return found
