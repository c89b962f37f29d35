"""So many tries, then a wait: counted in the database, because web processes share nothing else.

A try takes a lease that runs out by itself, *before* it is known whether it was a good one: so
that many at once do not get round the limit. A good one gives its leases back.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import ngettext

from awooop import leases
from awooop.clock import now
from awooop.errors import Refused
from awooop.models import Lease


class TooManyTries(Refused):
    """Too many tries; `extra["retry_after"]` says in how many seconds there is another."""

    status = 429
    code = "too_many_tries"


@dataclass(frozen=True)
class Limit:
    """At most so many tries, each of which counts for so many seconds."""

    name: str
    tries: int
    seconds: int

    def keys(self, *subject: str) -> list[str]:
        """Answer the leases of a subject's tries; what it is called is not kept in the clear."""
        return [f"{self.start(*subject)}{number}" for number in range(self.tries)]

    def start(self, *subject: str) -> str:
        """Answer how the leases of a subject begin, and of every one whose first parts it is."""
        marks = [hashlib.sha256(part.encode()).hexdigest()[:24] for part in subject]
        return f"try:{':'.join([self.name, *marks])}:"


# A limit and, in parts, whom it counts for.
Counted = tuple[Limit, *tuple[str, ...]]


def spend(*limits: Counted) -> list[str]:
    """Take a try of each limit for its subject; answers what `give_back` takes.

    Raises TooManyTries, having taken nothing, where one of them has none left.
    """
    taken: list[str] = []
    for limit, *subject in limits:
        lease = _take_one(limit, limit.keys(*subject))
        if lease is None:
            give_back(taken)
            raise _refusal(limit.keys(*subject))
        taken.append(lease)
    return taken


def give_back(taken: Iterable[str]) -> None:
    """Let tries not count."""
    Lease.objects.filter(key__in=list(taken)).delete()


def forget(*limits: Counted) -> None:
    """Let none of a subject's tries count any more, nor of those whose first parts it is."""
    for limit, *subject in limits:
        Lease.objects.filter(key__startswith=limit.start(*subject)).delete()


def _take_one(limit: Limit, keys: list[str]) -> str | None:
    for key in sorted(leases.free(keys)):
        if leases.take(key, holder="", seconds=limit.seconds):
            return key
    return None


def _refusal(keys: list[str]) -> TooManyTries:
    at = now()
    held = Lease.objects.filter(key__in=keys, expires_at__gt=at).order_by("expires_at")
    first = held.values_list("expires_at", flat=True).first()
    seconds = max(1, math.ceil((first - at).total_seconds())) if first else 1
    minutes = math.ceil(seconds / 60)
    text = ngettext(
        "Too many tries. Wait %(n)d minute, then try again.",
        "Too many tries. Wait %(n)d minutes, then try again.",
        minutes,
    )
    return TooManyTries(text % {"n": minutes}, retry_after=seconds)
