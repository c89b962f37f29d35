"""Insert many rows in one statement, leaving out those that are there already, and say which went
in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Model


def insert_new(rows: Sequence[Model]) -> set[Any]:
    """Insert rows of one model with `on conflict do nothing`; answers the primary keys that went
    in.

    The rows must have their primary keys (UUIDs, texts) already. Runs in the caller's transaction.
    """
    if not rows:
        return set()
    model = type(rows[0])
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    one = "(" + ", ".join(["%s"] * len(fields)) + ")"
    values = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for row in rows
        for field in fields
    ]
    statement = (
        f"insert into {quote(model._meta.db_table)} ({columns}) values "  # noqa: S608
        f"{', '.join([one] * len(rows))} on conflict do nothing "
        f"returning {quote(model._meta.pk.column)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {row[0] for row in cursor.fetchall()}
