"""Leases: a cool-down taken in one atomic statement and left to run out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import connection

from awooop.clock import now
from awooop.models import Lease

# A lease that was taken in the future was taken by a clock that ran ahead, and binds nobody now.
_AHEAD = timedelta(minutes=1)
_TAKE = """
insert into awooop_lease (key, holder, acquired_at, expires_at)
select key, %(holder)s, %(at)s, %(until)s from unnest(%(keys)s::text[]) as wanted(key) order by key
on conflict (key) do update
   set holder = excluded.holder, acquired_at = excluded.acquired_at,
       expires_at = excluded.expires_at
 where awooop_lease.expires_at <= excluded.acquired_at
    or awooop_lease.acquired_at <= %(older)s
    or awooop_lease.acquired_at > excluded.acquired_at + %(ahead)s
returning key
"""


def take(key: str, *, holder: str, seconds: float) -> bool:
    """Take the lease for so many seconds; answers whether it was free. Nobody releases it."""
    return key in take_many([key], holder=holder, seconds=seconds)


def take_many(
    keys: Sequence[str], *, holder: str, seconds: float, even_if_held_for: float | None = None
) -> set[str]:
    """Take several leases for so many seconds in one statement; answers those that were free.

    With `even_if_held_for` one that somebody took so many seconds ago, or earlier, counts as free:
    for a person who asks for what a schedule did a while ago.
    """
    at = now()
    older = None if even_if_held_for is None else at - timedelta(seconds=even_if_held_for)
    given = {
        "keys": sorted(set(keys)),
        "holder": holder,
        "at": at,
        "until": at + timedelta(seconds=seconds),
        "older": older,
        "ahead": _AHEAD,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, given)
        return {row[0] for row in cursor.fetchall()}


def free(keys: Sequence[str]) -> set[str]:
    """Answer which of these leases nobody holds now; to look, not to take."""
    wanted = set(keys)
    at = now()
    held = Lease.objects.filter(key__in=wanted, expires_at__gt=at, acquired_at__lte=at + _AHEAD)
    return wanted - set(held.values_list("key", flat=True))
