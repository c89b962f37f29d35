"""Times as Alertmanager and its imitators write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)"
    r"(?:[.,](\d+))?\s*(?:[Zz]|([+-])(\d\d):?(\d\d))?",
    re.ASCII,
)
_MAX_CHARACTERS = 64


def parse(value: Any) -> datetime | None:
    """Answer an RFC 3339 time in UTC, or None where there is none: absent, zero (year 1), no time.

    A fraction beyond microseconds is cut, not rounded, so that one text always is one time. A time
    without an offset is taken as UTC.
    """
    if not isinstance(value, str) or len(value) > _MAX_CHARACTERS:
        return None
    match = _RFC3339.fullmatch(value.strip())
    if match is None or int(match[1]) <= 1:
        return None
    try:
        return _moment(match)
    except (ValueError, OverflowError):
        # No such day, or outside the years that a datetime has.
        return None


def _moment(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    micros = int((match[7] or "")[:6].ljust(6, "0"))
    local = datetime(year, month, day, hour, minute, second, micros, tzinfo=_zone(match))
    return local.astimezone(UTC)


def _zone(match: re.Match[str]) -> timezone:
    if match[8] is None:
        return UTC
    offset = timedelta(hours=int(match[9]), minutes=int(match[10]))
    return timezone(-offset if match[8] == "-" else offset)
