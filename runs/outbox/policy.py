"""How often and how long: the outbox's numbers, in one place."""

from __future__ import annotations

import random
from datetime import timedelta

MAX_ATTEMPTS = 5
# Longer than any one call can take (see `runs.telegram.client`), with the fallback's URLs.
CLAIM = timedelta(minutes=3)
OVERDUE = timedelta(minutes=2)
# What was due so long ago is no news any more, and many at once would be a flood.
STALE = timedelta(hours=24)
_FIRST, _GROWTH, _CAP = timedelta(seconds=30), 4, timedelta(hours=1)
_JITTER = 0.25
_PAUSE_FIRST, _PAUSE_CAP = timedelta(seconds=15), timedelta(minutes=2)


def delay(attempts: int) -> timedelta:
    """Answer how long to wait after so many attempts: 30 s, 2 min, 8 min, 32 min, a quarter more or
    less."""
    plain = min(_FIRST * _GROWTH ** max(0, attempts - 1), _CAP)
    return plain * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - spreads, guards nothing


def pause(faults: int) -> timedelta:
    """Answer how long a channel that failed so often in a row is left alone."""
    return min(_PAUSE_FIRST * 2 ** min(max(0, faults - 1), 10), _PAUSE_CAP)
