"""How often and how long: the numbers of outbound webhooks, in one place."""

from __future__ import annotations

import random
from datetime import timedelta

from django.conf import settings

from awooop.guarded_http import Policy

# After the first attempt; as the Standard Webhooks propose.
DELAYS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
MAX_ATTEMPTS = len(DELAYS) + 1
_JITTER = 0.2
# Longer than one post can take, the resolver's time included.
CLAIM = timedelta(minutes=2)
# So long an address that does not answer is left alone: others have their turn.
PAUSE = timedelta(minutes=5)
# What failed for so long without a success between is switched off.
GIVE_UP = timedelta(days=3)
SECRET_OVERLAP = timedelta(hours=24)
LOGGED_ATTEMPTS = 20


def delay(attempts: int, retry_after: int | None = None) -> timedelta:
    """Answer how long to wait after so many attempts, a fifth more or less, and never less than the
    other side asked for (a day at most)."""
    plain = DELAYS[min(attempts, len(DELAYS)) - 1]
    spread = plain * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - guards nothing
    asked = timedelta(seconds=min(retry_after or 0, 86_400))
    return max(spread, asked)


def reach() -> Policy:
    """Answer where webhooks may go."""
    return Policy(http=settings.WEBHOOKS_ALLOW_HTTP, private=settings.WEBHOOKS_ALLOW_PRIVATE)
