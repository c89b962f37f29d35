"""Load a world into an empty, migrated database."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
from django.apps import apps
from django.db import connection as default

from bench import bare, copying, people
from bench.rows import knowledge, remedies, runs, traffic
from bench.rows.table import Table
from bench.world import World

TABLES: tuple[Table, ...] = (
    *traffic.TABLES,
    *knowledge.TABLES,
    *remedies.TABLES,
    *runs.TABLES,
)
_PART = 50_000  # things whose rows are one COPY
_LEDGER = """
insert into runs_projectspend (project_id, month, slot, amount_usd)
select project_id, awooop_month_of(project_id, created_at), 0, sum(cost_usd)
  from runs_run where project_id = any(%s) group by 1, 2
"""


def load(world: World, tell: Callable[[str], None], processes: int = 3) -> float:
    """Make the projects and load every table; answers the seconds that it took."""
    began = time.monotonic()
    people.make(world)
    tables = [table_name(table) for table in TABLES]
    with owner(world) as connection:
        taken = bare.take_off(connection, tables)
        tell("COPY")
        with _pool(processes) as pool:
            _wait([pool.submit(_copy, world, *part) for part in _parts(world)])
            tell("indexes and keys")
            _wait([pool.submit(_put_back, world, each) for each in taken.by_table.values()])
            _wait([pool.submit(_put_back, world, [each]) for each in taken.foreign])
            bare.close(connection, tables)
            tell("statistics")
            _wait([pool.submit(_vacuum, world, table) for table in tables])
        _finish(world, connection)
    return time.monotonic() - began


def load_within(connection: psycopg.Connection, world: World) -> None:
    """Load a small world on one connection, in the caller's transaction and scope."""
    tables = [table_name(table) for table in TABLES]
    taken = bare.take_off(connection, tables)
    for table in TABLES:
        rows = copying.text(table, world, 0, getattr(world.scale, table.of))
        copying.load(connection, table, list(rows))
    for statements in [*taken.by_table.values(), taken.foreign]:
        bare.put_back(connection, statements)
    bare.close(connection, tables)


def table_name(table: Table) -> str:
    """Answer a table's name in the database."""
    return apps.get_model(table.model)._meta.db_table


@contextmanager
def owner(world: World) -> Iterator[psycopg.Connection]:
    """Answer a plain connection that sees the world's projects and commits each statement."""
    default.ensure_connection()
    given = default.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    keep = {name: given[name] for name in names if given.get(name)}
    with psycopg.connect(**keep, autocommit=True) as connection:
        connection.execute("set synchronous_commit = off")
        projects = ",".join(world.projects)
        connection.execute("select set_config('awooop.projects', %s, false)", [projects])
        yield connection


def _parts(world: World) -> list[tuple[int, int, int]]:
    """Answer (place of the table, first, last) of each COPY."""
    found = []
    for place, table in enumerate(TABLES):
        count = getattr(world.scale, table.of)
        part = _PART // 10 if table.model == "knowledge.SearchTerm" else _PART
        found += [(place, at, min(count, at + part)) for at in range(0, count, part)]
    return found


def _copy(world: World, place: int, first: int, last: int) -> None:
    with owner(world) as connection, connection.transaction():
        copying.load(connection, TABLES[place], copying.text(TABLES[place], world, first, last))


def _put_back(world: World, statements: list[str]) -> None:
    with owner(world) as connection:
        bare.put_back(connection, statements)


def _vacuum(world: World, table: str) -> None:
    with owner(world) as connection:
        connection.execute(f"vacuum (analyze) {table}")


def _finish(world: World, connection: psycopg.Connection) -> None:
    """What triggers and actions keep beside the rows: the ledger of costs, and the spellings."""
    from awooop import tenancy
    from knowledge.search import spelling

    with tenancy.scope(world.projects), default.cursor() as cursor:
        cursor.execute(_LEDGER, [list(world.projects)])
        for project in world.projects:
            spelling.remember(project, knowledge.vocabulary())
    connection.execute("analyze")


@contextmanager
def _pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_begin) as pool:
        yield pool


def _begin() -> None:
    import django

    django.setup()


def _wait(futures: list[Future[Any]]) -> None:
    for future in futures:
        future.result()
