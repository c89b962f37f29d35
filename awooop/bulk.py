"""Insert many rows in one statement, leaving out those that are there already, and say which went
in."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import AutoField, Field, JSONField, Model

_Write = Callable[[Any], str]


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
    quote = connection.ops.quote_name
    statement = (
        f"insert into {quote(model._meta.db_table)} {selected(model)} "
        f"on conflict do nothing returning {quote(model._meta.pk.column)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, arrays(rows))
        return {row[0] for row in cursor.fetchall()}


def insert(rows: Sequence[Model]) -> None:
    """Insert rows of one model whose keys are made already, or by the database; raises
    IntegrityError. Cheaper than `create`: the statement's text is made once."""
    if rows:
        model = type(rows[0])
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"insert into {table} {selected(model)}", arrays(rows))


@lru_cache(maxsize=128)
def selected(model: type[Model]) -> str:
    """Answer the columns of a model and a `select` of rows from `arrays`, for an `insert into`."""
    quote, fields = connection.ops.quote_name, _fields(model)
    columns = ", ".join(quote(field.column) for field in fields)
    names = [f"c{number}" for number in range(len(fields))]
    chosen = ", ".join(_chosen(field, name) for field, name in zip(fields, names, strict=True))
    given = ", ".join(f"%s::{_type(field)}[]" for field in fields)
    return f"({columns}) select {chosen} from unnest({given}) as given ({', '.join(names)})"  # noqa: S608


def arrays(rows: Sequence[Model]) -> list[Any]:
    """Answer the parameters of `selected`: one array for each column."""
    return [_column(field, rows) for field in _fields(type(rows[0]))]


def array_of(values: Sequence[Any], write: _Write) -> str:
    """Answer the values as a PostgreSQL array, each written by `write`; None is null.

    As a text, because the driver would look at each member of a list to find out what it is.
    """
    return f"{{{','.join(['NULL' if each is None else write(each) for each in values])}}}"


def quoted(text: Any) -> str:
    """Answer a text as a member of such an array."""
    return '"' + str(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


@lru_cache(maxsize=128)
def _fields(model: type[Model]) -> tuple[Field, ...]:
    return tuple(
        field
        for field in model._meta.concrete_fields
        if not (field.generated or isinstance(field, AutoField))
    )


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


def _column(field: Field, rows: Sequence[Model]) -> Any:
    """Answer a column's values: as a text where its kind is written alike by Python and PostgreSQL,
    else as a list, for the driver."""
    if write := _writer(field):
        return array_of([getattr(row, field.attname) for row in rows], write)
    return [field.get_db_prep_save(field.pre_save(row, add=True), connection) for row in rows]


@lru_cache(maxsize=1024)
def _writer(field: Field) -> _Write | None:
    if isinstance(field, (ArrayField, JSONField)):
        encoder = getattr(field, "encoder", None)
        return lambda value: quoted(json.dumps(value, cls=encoder))
    return _WRITERS.get((field.target_field if field.is_relation else field).get_internal_type())


_WRITERS: dict[str, _Write] = {
    **dict.fromkeys(("CharField", "TextField", "EmailField", "SlugField", "URLField"), quoted),
    "UUIDField": str,
    "DateTimeField": lambda moment: moment.isoformat(),
    "BooleanField": lambda value: "t" if value else "f",
    **dict.fromkeys(
        (
            *("IntegerField", "BigIntegerField", "SmallIntegerField", "AutoField", "BigAutoField"),
            *("PositiveIntegerField", "PositiveSmallIntegerField", "PositiveBigIntegerField"),
        ),
        lambda number: str(int(number)),
    ),
    # Text, too, as the models' own save takes it.
    "DecimalField": lambda number: format(Decimal(number), "f"),
    "FloatField": lambda number: repr(float(number)),
}
