"""The only clock: everything that asks for the time asks here, so that tests can set it.

It is the database's where this machine's is wrong: processes on several machines must agree on what
is over. Each transaction's scope asks the database in the same statement (`awooop.tenancy`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

import structlog

log = structlog.get_logger(__name__)
# Less is not corrected: machines whose time is kept by NTP differ by milliseconds, and a correction
# at each transaction would let the time of one process jump back and forth by as much.
TOLERANCE_S = 1.0
_frozen: ContextVar[datetime | None] = ContextVar("awooop_clock", default=None)
_behind_s = 0.0


def now() -> datetime:
    """Answer the current time, timezone-aware UTC."""
    set_time = frozen()
    if set_time is not None:
        return set_time
    here = datetime.now(UTC)
    return here + timedelta(seconds=_behind_s) if _behind_s else here


def frozen() -> datetime | None:
    """Answer the time that `set_to` has set here, None where none is."""
    return _frozen.get()


def behind() -> float:
    """Answer by how many seconds this machine's clock is behind the database's (ahead: negative);
    0 where the two agree well enough."""
    return _behind_s


def told() -> str:
    """Answer how far off this machine's clock is, '' where it is right."""
    if not _behind_s:
        return ""
    word = "behind" if _behind_s > 0 else "ahead of"
    return f"this machine's clock is {abs(_behind_s):.0f} s {word} the database's"


def compare(database: float, *, asked: float, answered: float) -> None:
    """Take the database's time, Unix seconds, as the right one where ours is off; it was read
    between `asked` and `answered`, by our clock (`reading()`)."""
    global _behind_s
    found = database - (asked + answered) / 2
    # However long the answer took, it was read in between: only what is beyond that is an error.
    # A clock that jumped in between makes no sense of it: the next comparison will.
    if answered < asked:
        return
    is_off = abs(found) > TOLERANCE_S + (answered - asked) / 2
    if is_off != bool(_behind_s) or abs(found - _behind_s) > 60:
        say = log.error if is_off else log.info
        say("clock_is_off" if is_off else "clock_is_right", behind_s=round(found, 1))
    _behind_s = found if is_off else 0.0


def reading() -> float:
    """Answer this machine's own time, Unix seconds, right or wrong."""
    return time.time()


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Make `now()` answer `moment` within the block (for tests and generated history)."""
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
