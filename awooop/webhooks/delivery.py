"""Deliver what is due: claim, post outside any transaction, record; until nothing is due.

A receiver that hangs may hold a post for fifteen seconds, so posts are made side by side by threads
of one task: however many receivers of one project hang, the others' have their turn, and the
cluster's other workers are free for other work.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from django.db import connection

from awooop import guarded_http
from awooop.clock import now
from awooop.errors import Invalid
from awooop.guarded_http import Answer, Undeliverable
from awooop.models import WebhookSubscription
from awooop.webhooks import claims, emitting, outcomes, policy, secrets, signing
from awooop.webhooks.claims import Attempt

log = structlog.get_logger(__name__)
RESULTS = ("delivered", "failed", "dead")
# So long one task holds a worker of the cluster (and for the posts that are under way then); what
# is left is for the next.
_SECONDS = 20.0
# So many posts at once, so many of them for one project, and one for each subscription.
AT_ONCE, OF_A_PROJECT = 8, 4
# Held in the database by who delivers.
LOCK = int.from_bytes(b"webhooks")


@dataclass(frozen=True)
class Posted:
    """What came of a post."""

    answer: Answer | None
    error: str
    took_ms: int


@dataclass
class _Round:
    """One task's posts: those under way, and how those before ended."""

    pool: ThreadPoolExecutor
    done: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(RESULTS, 0)))
    running: dict[Future[Posted], Attempt] = field(default_factory=dict)

    def start(self, projects: list[str]) -> None:
        """Start a post of each project in turn, until there are enough or nothing is ready."""
        waiting = list(projects)
        while waiting and len(self.running) < AT_ONCE:
            waiting = [project for project in waiting if self._start_one(project)]

    def _start_one(self, project_id: str) -> bool:
        """Start a post of a project; answers whether it may have another."""
        theirs = [one for one in self.running.values() if one.delivery.project_id == project_id]
        if len(theirs) >= OF_A_PROJECT or len(self.running) >= AT_ONCE:
            return False
        busy = [one.delivery.subscription_id for one in theirs]
        attempt = claims.take(project_id, but_of=busy)
        if attempt is not None:
            self.running[_begin(self.pool, attempt)] = attempt
        return attempt is not None

    def finish_some(self) -> None:
        """Wait until a post has ended, and record it and those that ended with it."""
        ended, _under_way = wait(self.running, return_when=FIRST_COMPLETED)
        for future in ended:
            self.done[_record(self.running.pop(future), future.result())] += 1


def deliver(*, seconds: float = _SECONDS) -> dict[str, int]:
    """Deliver until nothing is due or the time is over; answers how many attempts ended how.

    Of several at once one does the work: a cluster has better things to do than to wait for
    receivers with all of its workers. Rings again where something is left. Safe to be killed at any
    moment: what was posted then is posted again, under the same id.
    """
    with _alone() as is_mine:
        done = _deliver(seconds) if is_mine else Counter(dict.fromkeys(RESULTS, 0))
    # What was queued by who found the lock taken, after the last look here, waits for a bell.
    if is_mine and claims.something_is_ready():
        emitting.ring()
    return dict(done)


def _deliver(seconds: float) -> Counter[str]:
    ends = time.monotonic() + seconds
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as pool:
        turn = _Round(pool)
        while True:
            if time.monotonic() < ends:
                turn.start(claims.projects_with_due())
            if not turn.running:
                return turn.done
            turn.finish_some()


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [LOCK])
        (is_mine,) = cursor.fetchone()
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [LOCK])


def _begin(pool: ThreadPoolExecutor, attempt: Attempt) -> Future[Posted]:
    """Hand a post to a thread, which gets no connection of the database: all it needs is read
    here."""
    started = time.perf_counter()
    delivery = attempt.delivery
    body = delivery.body.encode()
    try:
        keys = signing_secrets(delivery.subscription)
    except secrets.Unreadable as error:
        known: Future[Posted] = Future()
        known.set_result(Posted(None, str(error), 0))
        return known
    headers = signing.headers(f"msg_{delivery.pk.hex}", now(), body, keys)
    return pool.submit(_post, delivery.subscription.url, body, headers, policy.reach(), started)


def _post(
    url: str, body: bytes, headers: dict[str, str], reach: guarded_http.Policy, started: float
) -> Posted:
    answer, error = None, ""
    try:
        answer = guarded_http.post(url, body, headers, policy=reach)
    except (Undeliverable, Invalid) as refused:
        error = str(refused)
    return Posted(answer, error, int((time.perf_counter() - started) * 1000))


def _record(attempt: Attempt, posted: Posted) -> str:
    answer = posted.answer
    if answer is not None and answer.is_taken:
        return outcomes.taken(attempt, answer, posted.took_ms)
    error = _told(answer) if answer is not None else posted.error
    return outcomes.failed(attempt, answer, error, posted.took_ms)


def _told(answer: Answer) -> str:
    if 300 <= answer.status < 400:
        return f"it answered {answer.status}: redirects are not followed"
    return f"it answered {answer.status}"


def signing_secrets(subscription: WebhookSubscription) -> list[str]:
    """Answer the secrets that sign now: the one, and for a day after a change the one before."""
    found = [secrets.read(subscription.secret)]
    until = subscription.old_secret_until
    if subscription.old_secret and until is not None and until > now():
        found.append(secrets.read(subscription.old_secret))
    return found
