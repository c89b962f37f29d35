"""How many requests a second an API key may make: a bucket of tokens each, kept in PostgreSQL.

All web processes share it. It is one statement before the request's own transaction, so that its
lock is held for that statement only; the table is unlogged, so that it costs no wait for the disk.
A bucket is found by the hash of the secret: who does not have the key cannot empty it.
"""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from awooop import clock
from awooop.clock import now
from awooop.errors import Refused
from awooop.models import ApiKey, RateBucket

# So many seconds' worth may come at once.
BURST_S = 2
AT_MOST = 100_000
# An alert that is turned away is one that nobody sees.
_EXEMPT = ("/api/v1/webhooks/",)
_SECRET = re.compile(r"\A[Bb]earer\s+awp_[a-z0-9]{8}_([A-Za-z0-9_-]{20,100})\s*\Z")
# By the database's clock, but where a test sets ours.
_AT = "coalesce(%(at)s::timestamptz, clock_timestamp())"
_FILLED = f"""least(coalesce(rate, %(rate)s)::float8 * %(burst)s, tokens +
  greatest(0, extract(epoch from {_AT} - at)::float8) * coalesce(rate, %(rate)s))"""
# A bucket of the future was filled by a clock that ran ahead. One row, no self-join: two at once
# would both take from what stood before.
_TAKE = f"""
update awooop_ratebucket set
  was_allowed = {_FILLED} >= 1,
  tokens = {_FILLED} - case when {_FILLED} >= 1 then 1 else 0 end,
  at = case when at > {_AT} + interval '1 minute' then {_AT} else greatest(at, {_AT}) end
where key_hash = %(key_hash)s and coalesce(rate, %(rate)s) > 0
returning was_allowed, tokens, coalesce(rate, %(rate)s),
          extract(epoch from clock_timestamp())::float8
"""  # noqa: S608 - built of constants


class TooManyRequests(Refused):
    """The key asks more often than it may; `extra["retry_after"]` says when it may again."""

    status = 429
    code = "rate_limited"


@dataclass(frozen=True)
class Taken:
    """What asking for one token came to; `left` are those that remain."""

    is_allowed: bool
    left: float
    rate: int

    @property
    def retry_after(self) -> int:
        """In how many whole seconds there is a token again, one at least."""
        return max(1, math.ceil((1 - self.left) / self.rate))


def applies(request: HttpRequest) -> bool:
    """Whether requests like this one are counted."""
    return _hash_of(request) is not None


def take(request: HttpRequest) -> Taken | None:
    """Take a token for the key that a request names; None where nothing limits it (yet)."""
    key_hash = _hash_of(request)
    if key_hash is None:
        return None
    given = {"key_hash": key_hash, "rate": settings.API_RATE_LIMIT, "burst": BURST_S}
    asked = clock.reading()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {**given, "at": clock.frozen()})
        row = cursor.fetchone()
    if row is None:
        return None
    *taken, database = row
    # It is the request's first statement: what follows goes by the right time.
    clock.compare(database, asked=asked, answered=clock.reading())
    return Taken(*taken)


def refusal(taken: Taken) -> TooManyRequests:
    """Answer what a request without a token is told."""
    return TooManyRequests(
        f"This API key may make {taken.rate} requests a second, {taken.rate * BURST_S} at once.",
        retry_after=taken.retry_after,
    )


def show(response: HttpResponse, taken: Taken) -> None:
    """Say in headers what the limit is and what is left (draft-ietf-httpapi-ratelimit-headers)."""
    burst = taken.rate * BURST_S
    left = max(0, int(taken.left))
    full = math.ceil((burst - taken.left) / taken.rate)
    response["RateLimit-Policy"] = f'"key";q={burst};w={BURST_S}'
    response["RateLimit"] = f'"key";r={left};t={full}'


def begin(key: ApiKey) -> None:
    """Give a key its bucket, full but for the request that is being answered.

    For a key that was recognised and had none: a new one, or one whose bucket a crash took along.
    """
    rate = settings.API_RATE_LIMIT if key.rate_limit is None else key.rate_limit
    if rate > 0:
        bucket = RateBucket(
            key_hash=key.hash, rate=key.rate_limit, tokens=rate * BURST_S - 1, at=now()
        )
        RateBucket.objects.bulk_create([bucket], ignore_conflicts=True)


def _hash_of(request: HttpRequest) -> str | None:
    if not request.path.startswith("/api/") or request.path.startswith(_EXEMPT):
        return None
    match = _SECRET.match(request.headers.get("Authorization", ""))
    return hashlib.sha256(match[1].encode()).hexdigest() if match else None
