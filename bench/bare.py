"""Take a table's indexes, keys and policy off for a bulk load, and put the very same back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import psycopg

_FOREIGN = """
select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
 where contype = 'f' and (conrelid = any(%(tables)s::regclass[]) or
                          confrelid = any(%(tables)s::regclass[]))
 order by 1, 2
"""
_KEYS = """
select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
 where contype in ('p', 'u') and conrelid = any(%(tables)s::regclass[]) order by 1, 2
"""
_INDEXES = """
select indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid)
  from pg_index where indrelid = any(%(tables)s::regclass[]) and not exists (
    select 1 from pg_constraint where conindid = indexrelid and contype in ('p', 'u'))
 order by 1, 2
"""


@dataclass
class Taken:
    """The statements that put back what was taken off: by table, then the foreign keys."""

    by_table: dict[str, list[str]] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)


def take_off(connection: psycopg.Connection, tables: Sequence[str]) -> Taken:
    """Drop the tables' foreign keys, keys and indexes; let the owner write past the policy."""
    given, taken = {"tables": list(tables)}, Taken({table: [] for table in tables})
    foreign = connection.execute(_FOREIGN, given).fetchall()
    keys = connection.execute(_KEYS, given).fetchall()
    indexes = connection.execute(_INDEXES, given).fetchall()
    for table, name, definition in [*foreign, *keys]:
        connection.execute(f'alter table {table} drop constraint "{name}"')
        back = f'alter table {table} add constraint "{name}" {definition}'
        (taken.foreign if (table, name, definition) in foreign else taken.by_table[table]).append(
            back
        )
    for table, name, definition in indexes:
        connection.execute(f"drop index {name}")
        taken.by_table[table].append(definition)
    for table in tables:
        connection.execute(f"alter table {table} no force row level security")
        connection.execute(f"alter table {table} disable trigger user")
    return taken


def put_back(connection: psycopg.Connection, statements: Sequence[str]) -> None:
    """Build the keys and indexes of a table (or the foreign keys of all) again."""
    connection.execute("set maintenance_work_mem = '512MB'")
    for statement in statements:
        connection.execute(statement)


def close(connection: psycopg.Connection, tables: Sequence[str]) -> None:
    """Let the policy bind the owner again, and the triggers work."""
    for table in tables:
        connection.execute(f"alter table {table} force row level security")
        connection.execute(f"alter table {table} enable trigger user")
