"""Canonical JSON and what is made of it: hashes, fingerprints, keyed digests.

The one form used for contract hashes, plan fingerprints, approval digests and the audit chain:
sorted keys, no spaces, UTF-8, times as RFC 3339 in UTC, decimals as strings.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


def rfc3339(moment: datetime) -> str:
    """Answer a time as RFC 3339 in UTC with `Z` and microseconds; raises ValueError if it is
    naive."""
    if moment.tzinfo is None:
        raise ValueError("a naive time has no canonical form")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical_json(value: Any) -> str:
    """Answer the canonical JSON of `value`; raises TypeError or ValueError for what has none
    (NaN)."""
    return json.dumps(
        value,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
        default=_plain,
    )


def fingerprint(value: Any) -> str:
    """Answer the SHA-256 of the canonical JSON, as 64 hex digits."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def keyed_digest(key: bytes, value: Any) -> str:
    """Answer the HMAC-SHA-256 of the canonical JSON under `key`, as 64 hex digits."""
    return hmac.new(key, canonical_json(value).encode(), hashlib.sha256).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")
