"""A transaction as a GET has it in production."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def read_only() -> Iterator[None]:
    """Let the block only read: whatever writes in it is refused by the database."""
    with (
        transaction.atomic()
    ):  # the end of the savepoint lets the test's own transaction write again
        with connection.cursor() as cursor:
            cursor.execute("set transaction read only")
        yield
