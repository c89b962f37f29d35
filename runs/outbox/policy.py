"""How often and how long: the outbox's numbers, in one place."""

from __future__ import annotations

from datetime import timedelta

from awooop import backoff

MAX_ATTEMPTS = 5
# Longer than any one call can take (see `runs.telegram.client`), with the fallback's URLs.
CLAIM = timedelta(minutes=3)
OVERDUE = timedelta(minutes=2)
# What was due so long ago is no news any more, and many at once would be a flood.
STALE = timedelta(hours=24)
BACKOFF = backoff.Backoff(backoff.seconds(30, 120, 480, 1_920, 3_600), jitter=0.25)
_PAUSE_FIRST, _PAUSE_CAP = timedelta(seconds=15), timedelta(minutes=2)


def pause(faults: int) -> timedelta:
    """Answer how long a channel that failed so often in a row is left alone."""
    return min(_PAUSE_FIRST * 2 ** min(max(0, faults - 1), 10), _PAUSE_CAP)
