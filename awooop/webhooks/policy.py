"""How often and how long: the numbers of outbound webhooks, in one place."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from awooop import backoff
from awooop.guarded_http import Policy

# As the Standard Webhooks propose.
BACKOFF = backoff.Backoff(
    backoff.seconds(5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400), jitter=0.2
)
MAX_ATTEMPTS = len(BACKOFF.waits) + 1
# The longest wait that a receiver may ask for.
ASKED_AT_MOST = timedelta(days=1)
# Longer than one post can take, the resolver's time included.
CLAIM = timedelta(minutes=2)
# So long an address that does not answer is left alone: others have their turn.
PAUSE = timedelta(minutes=5)
# What failed for so long without a success between is switched off.
GIVE_UP = timedelta(days=3)
SECRET_OVERLAP = timedelta(hours=24)
LOGGED_ATTEMPTS = 20


def delay(attempts: int, retry_after: int | None = None) -> timedelta:
    """Answer how long to wait after so many attempts, and never less than the other side asked for
    (a day at most)."""
    asked = min(timedelta(seconds=retry_after or 0), ASKED_AT_MOST)
    return BACKOFF.after(attempts, at_least=asked)


def reach() -> Policy:
    """Answer where webhooks may go."""
    return Policy(http=settings.WEBHOOKS_ALLOW_HTTP, private=settings.WEBHOOKS_ALLOW_PRIVATE)
