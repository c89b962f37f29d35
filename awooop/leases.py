"""Leases: a cool-down taken in one atomic statement and left to run out."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from awooop.clock import now

_TAKE = """
insert into awooop_lease (key, holder, acquired_at, expires_at) values (%s, %s, %s, %s)
on conflict (key) do update
   set holder = excluded.holder, acquired_at = excluded.acquired_at,
       expires_at = excluded.expires_at
 where awooop_lease.expires_at <= excluded.acquired_at
returning key
"""


def take(key: str, *, holder: str, seconds: float) -> bool:
    """Take the lease for so many seconds; answers whether it was free. Nobody releases it."""
    at = now()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [key, holder, at, at + timedelta(seconds=seconds)])
        return cursor.fetchone() is not None
