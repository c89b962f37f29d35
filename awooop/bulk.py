"""Insert many rows in one statement, leaving out those that are there already, and say which went
in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import AutoField, Field, Model
from psycopg.types.json import Jsonb


def insert_new(rows: Sequence[Model]) -> set[Any]:
    """Insert rows of one model with `on conflict do nothing`; answers the primary keys that went
    in.

    The rows must have their primary keys (UUIDs, texts) already, but for numbers that the database
    gives. Runs in the caller's transaction.
    One array per column: a value per row would be parsed and planned one by one.
    """
    if not rows:
        return set()
    model = type(rows[0])
    fields = [
        field
        for field in model._meta.concrete_fields
        if not (field.generated or isinstance(field, AutoField))
    ]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    names = [f"c{number}" for number in range(len(fields))]
    chosen = ", ".join(_chosen(field, name) for field, name in zip(fields, names, strict=True))
    arrays = ", ".join(f"%s::{_type(field)}[]" for field in fields)
    statement = (
        f"insert into {quote(model._meta.db_table)} ({columns}) "  # noqa: S608
        f"select {chosen} from unnest({arrays}) as given ({', '.join(names)}) "
        f"on conflict do nothing returning {quote(model._meta.pk.column)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [[_value(field, row) for row in rows] for field in fields])
        return {row[0] for row in cursor.fetchall()}


def _type(field: Field) -> str:
    """Answer the column's type without its length: a cast to that would cut what is too long."""
    if isinstance(field, ArrayField):
        return "jsonb"  # `unnest` would flatten arrays of arrays
    return str(field.db_type(connection)).split("(")[0].replace("varchar", "text")


def _chosen(field: Field, name: str) -> str:
    if not isinstance(field, ArrayField):
        return name
    items = f"array(select jsonb_array_elements_text({name}))::{_type(field.base_field)}[]"
    return f"case when {name} is not null then {items} end"


def _value(field: Field, row: Model) -> Any:
    value = field.get_db_prep_save(field.pre_save(row, add=True), connection)
    if isinstance(field, ArrayField):
        return None if value is None else Jsonb(value)
    return str(value) if isinstance(value, str) else value  # of one type: a choice is a text, too
