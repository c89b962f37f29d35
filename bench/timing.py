"""How long a thing takes, many times over, and what the database did for it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import psycopg

_READ = """
select (select coalesce(sum(idx_tup_read), 0) from pg_stat_user_indexes),
       (select coalesce(sum(seq_tup_read), 0) from pg_stat_user_tables),
       (select coalesce(json_object_agg(relname, seq_tup_read), '{}') from pg_stat_user_tables
         where seq_tup_read > 0)
"""
WARM = 3  # runs that are not counted: caches, prepared statements
MANY = 1_000  # rows of one table read by a scan, from which it is named


@dataclass(frozen=True)
class Times:
    """Milliseconds of repeated runs."""

    p50: float
    p95: float
    count: int

    @classmethod
    def of(cls, seconds: list[float]) -> Times:
        """Sum up the seconds of each run."""
        ordered = sorted(seconds)
        p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
        middle = statistics.median(ordered)
        return cls(round(middle * 1000, 2), round(p95 * 1000, 2), len(ordered))


def repeat(action: Callable[[], object], *, times: int, seconds: float, warm: int = WARM) -> Times:
    """Run an action `times` times, or until `seconds` are over (five times at least)."""
    for _ in range(warm):
        action()
    taken: list[float] = []
    end = time.perf_counter() + seconds
    while len(taken) < times and (len(taken) < 5 or time.perf_counter() < end):
        began = time.perf_counter()
        action()
        taken.append(time.perf_counter() - began)
    return Times.of(taken)


@dataclass(frozen=True)
class Rows:
    """Rows and index entries that the database read, and the tables it scanned many rows of."""

    read: int
    scanned: tuple[str, ...]


def rows_read(connection: psycopg.Connection, action: Callable[[], object]) -> Rows:
    """Answer what reading an action did; it must run on this connection, alone, and commit."""
    before = _counters(connection)
    action()
    after = _counters(connection)
    scanned = tuple(
        sorted(
            table for table, count in after[2].items() if count - before[2].get(table, 0) >= MANY
        )
    )
    return Rows(int(after[0] - before[0] + after[1] - before[1]), scanned)


def _counters(connection: psycopg.Connection) -> tuple[int, int, dict[str, int]]:
    connection.execute("select pg_stat_force_next_flush()")
    connection.execute("select pg_stat_clear_snapshot()")
    row = connection.execute(_READ).fetchone()
    assert row is not None
    return row
