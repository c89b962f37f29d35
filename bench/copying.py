"""One table's rows by COPY: the given columns, and the model's defaults for the rest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import psycopg
from django.apps import apps
from psycopg import sql

from bench.rows.table import NULL, Table
from bench.world import World

_LINES_AT_ONCE = 2_000


def text(table: Table, world: World, first: int, last: int) -> Iterator[str]:
    """Answer the rows of the things from `first` to `last` (exclusive), some lines at a time."""
    _, suffix = columns(table)
    return _chunks(table.lines(world, first, last), suffix)


def load(connection: psycopg.Connection, table: Table, chunks: Iterable[str]) -> None:
    """Write rows within the caller's transaction; to make them may not need the same connection."""
    names, _ = columns(table)
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(apps.get_model(table.model)._meta.db_table),
        sql.SQL(", ").join(map(sql.Identifier, names)),
    )
    with connection.cursor().copy(statement) as copy:
        for each in chunks:
            copy.write(each)


def columns(table: Table) -> tuple[list[str], str]:
    """Answer the columns in the order of the lines, and what is added to each line for defaults."""
    given = table.columns.split()
    model = apps.get_model(table.model)
    rest = [field for field in model._meta.concrete_fields if field.column not in given]
    rest = [field for field in rest if field.get_internal_type() != "BigAutoField"]
    suffix = "".join(f"\t{_default(field)}" for field in rest)
    return [*given, *(field.column for field in rest)], suffix


def _default(field: Any) -> str:
    value = field.get_default()
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if field.get_internal_type() == "ArrayField":
        return "{}"
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def _chunks(lines: Iterator[str], suffix: str) -> Iterator[str]:
    while some := list(islice(lines, _LINES_AT_ONCE)):
        if suffix:
            some = [f"{line[:-1]}{suffix}\n" for line in some]
        yield "".join(some)
