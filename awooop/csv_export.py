"""CSV that is written while it is read, and that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.http import StreamingHttpResponse

from awooop import tenancy
from awooop.canonical import rfc3339

# What spreadsheets read as the start of a formula, also in their full-width forms.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads Chinese text as Latin-1


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def respond(
    name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """Answer rows as a file to be saved.

    They are read after the request's own transaction has ended: give a generator that reads within
    `reading(…)`.
    """
    response = StreamingHttpResponse(
        _lines(header, rows), content_type="text/csv; charset=utf-8; header=present"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


@contextmanager
def reading(projects: Iterable[str]) -> Iterator[None]:
    """Let the block read these projects' rows in a READ ONLY transaction of its own."""
    is_outermost = not connection.in_atomic_block  # a test's transaction must stay writable
    with tenancy.reading() if is_outermost else nullcontext(), tenancy.scope(projects):
        yield


def cell(value: Any) -> str | int | Decimal:
    """Answer a value as a cell: unknown is empty, a text that looks like a formula is quoted."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return value
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, (list, tuple)):
        value = " ".join(map(str, value))
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield BYTE_ORDER_MARK + writer.writerow(header)
    for row in rows:
        yield writer.writerow([cell(value) for value in row])
