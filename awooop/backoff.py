"""How long to wait before the next try: longer each time, and never all at the same moment."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta

_NONE = timedelta(0)


@dataclass(frozen=True)
class Backoff:
    """The waits after the first, the second, … attempt, each up to a share more or less; after
    more attempts than there are waits the last one holds."""

    waits: tuple[timedelta, ...]
    jitter: float

    def after(self, attempts: int, *, at_least: timedelta = _NONE) -> timedelta:
        """Answer how long to wait after so many attempts, and never less than was asked for."""
        plain = self.waits[min(max(attempts, 1), len(self.waits)) - 1]
        share = random.uniform(1 - self.jitter, 1 + self.jitter)  # noqa: S311 - spreads, guards nothing
        return max(plain * share, at_least)


def seconds(*each: int) -> tuple[timedelta, ...]:
    """Answer so many seconds each as waits."""
    return tuple(timedelta(seconds=one) for one in each)
