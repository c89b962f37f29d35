"""A list as a file: all of its rows, in the columns that the reader chose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext as _

from awooop import csv_export
from awooop.errors import Invalid
from awooop.paging import Ordering

BATCH = 500
Row = Mapping[str, Any]
ToRows = Callable[[list[Any]], Iterable[Row]]


def is_wanted(request: HttpRequest) -> bool:
    """Whether the list is asked for as a file; raises Invalid for a format that there is not."""
    wanted = request.GET.get("format")
    if wanted and wanted != "csv":
        raise Invalid({"format": _("must be csv, or left out")})
    return bool(wanted)


def respond(
    request: HttpRequest, name: str, known: Sequence[str], rows: Iterable[Row]
) -> StreamingHttpResponse:
    """Answer rows as a file of the chosen ones of the `known` fields.

    They are read after the request's own transaction has ended: by `walk` or `once`.
    """
    fields = request.listing.fields(known)
    lines = ([row.get(field) for field in fields] for row in rows)
    return csv_export.respond(name, fields, lines)


def walk(
    projects: Sequence[str],
    rows_of: Callable[[str], QuerySet],
    ordering: Ordering,
    to_rows: ToRows,
) -> Iterator[Row]:
    """Read the rows of each project in order, in batches with a short transaction each."""
    for project_id in projects:
        last = None
        while True:
            with csv_export.reading([project_id]):
                found = rows_of(project_id).filter(project_id=project_id)
                if last is not None:
                    beyond = [getattr(last, name) for name in ordering.fields]
                    found = found.filter(ordering.beyond(beyond))
                batch = list(found.order_by(*ordering.order_by())[:BATCH])
                rows = list(to_rows(batch)) if batch else []
            yield from rows
            if len(batch) < BATCH:
                break
            last = batch[-1]


def once(projects: Sequence[str], read: Callable[[], Iterable[Row]]) -> Iterator[Row]:
    """Read a list that is bounded by itself."""
    with csv_export.reading(projects):
        rows = list(read())
    yield from rows


def of(names: Sequence[str]) -> ToRows:
    """Answer what makes rows of model instances or mappings: these attributes."""

    def to_rows(batch: list[Any]) -> Iterator[Row]:
        for one in batch:
            if isinstance(one, Mapping):
                yield {name: one.get(name) for name in names}
            else:
                yield {name: getattr(one, name) for name in names}

    return to_rows
