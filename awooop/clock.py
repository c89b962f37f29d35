"""The only clock: everything that asks for the time asks here, so that tests can set it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_frozen: ContextVar[datetime | None] = ContextVar("awooop_clock", default=None)


def now() -> datetime:
    """Answer the current time, timezone-aware UTC."""
    return _frozen.get() or datetime.now(UTC)


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Make `now()` answer `moment` within the block (for tests and generated history)."""
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
