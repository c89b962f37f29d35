"""The kinds of value that bodies are made of, bounded as the columns that keep them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints

from awooop.rest import Body, ProjectId

# Python's and PostgreSQL's calendars have edges, and offsets reach over them.
_YEARS = range(2000, 2101)
_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_MICRO = Decimal("0.000001")
# The journal numbers on after the last step, so the greatest number must leave room.
MAX_STEP_SEQ = 1_000_000_000
MAX_INTEGER = 2_147_483_647


def _is_rfc3339(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise ValueError("must be an RFC 3339 time with an offset, such as 2026-11-20T08:00:00Z")
    return value


def _in_utc(value: datetime) -> datetime:
    if value.year not in _YEARS:
        raise ValueError(f"must be from {_YEARS[0]} to {_YEARS[-1]}")
    return value.astimezone(UTC)


def _in_micros(value: Decimal) -> Decimal:
    """A worker adds up floats: what is finer than the column is rounded, not refused."""
    return value.quantize(_MICRO, ROUND_HALF_UP)


def _text(most: int, least: int = 0) -> Any:
    return Annotated[str, StringConstraints(min_length=least, max_length=most)]


def _name(most: int) -> Any:
    """A text that names something: not empty, not only blanks."""
    return Annotated[str, StringConstraints(min_length=1, max_length=most, pattern=r"\S")]


Name32, Name64, Name128, Name255 = _name(32), _name(64), _name(128), _name(255)
Text20, Text32, Text64, Text128, Text255 = _text(20), _text(32), _text(64), _text(128), _text(255)
Text500, Text2000, Text4000, Text10000 = _text(500), _text(2000), _text(4000), _text(10_000)
Content = _text(100_000)
Reason = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"\S")]
Moment = Annotated[AwareDatetime, BeforeValidator(_is_rfc3339), AfterValidator(_in_utc)]
Flag = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=0, le=MAX_INTEGER)]
StepSeq = Annotated[int, Field(strict=True, ge=0, le=MAX_STEP_SEQ)]
Cost = Annotated[Decimal, Field(ge=0, lt=1_000_000), AfterValidator(_in_micros)]
Share = Annotated[Decimal, Field(ge=0, le=1, max_digits=12)]
Json = dict[str, Any]
IncidentId = Annotated[
    str, StringConstraints(pattern=r"^INC-[0-9]{8}-[A-Z0-9]{4,}$", max_length=64)
]
_MENTION = r"^(INC-[0-9]{8}-[A-Z0-9]{4,})?$"
IncidentIdOrNone = Annotated[str, StringConstraints(pattern=_MENTION, max_length=64)]
# What a new incident may be called: its column is shorter than that of a mention.
NewIncidentId = Annotated[
    str, StringConstraints(pattern=r"^INC-[0-9]{8}-[A-Z0-9]{4,}$", max_length=32)
]


class InProject(Body):
    """A body that may name its project; absent: the key's own, or that of what the path names."""

    project_id: ProjectId | None = None
