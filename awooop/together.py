"""Several reads in one round trip, however many rooms ask.

A page is made of many small reads, and each statement costs a round trip. A selector that can wait
for its answer is written as a generator that yields what it asks for and is sent what was found:

    def asking_about(run) -> Asking[About]:
        steps, calls = yield objects(steps_of(run)), objects(calls_of(run))
        return About(steps, calls)

`answer` drives one by itself; `join` lets several go in step, so that what they ask for at the same
time is one statement. Each read stands in it as it was written, side by side with the others by
the number of its row, so that every column keeps its type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache, wraps
from math import ceil
from types import SimpleNamespace
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Aggregate, Model, QuerySet, Value

Row = tuple[Any, ...]
T = TypeVar("T")
_NAMED = re.compile(r"%\((\w+)\)s")
_NUMBER = "together_"
# Five in one statement cost PostgreSQL what they cost apart; of eighteen the planning costs half as
# much again.
AT_ONCE = 5


@dataclass(frozen=True)
class Read:
    """One statement, as `execute` takes it, and what is made of its columns' names and its rows; an
    empty text finds nothing."""

    text: str
    params: Sequence[Any] | Mapping[str, Any]
    made: Callable[[list[str], list[Row]], Any]

    def then(self, change: Callable[[Any], Any]) -> Read:
        """Ask the same, and answer what `change` makes of the answer."""
        return replace(self, made=lambda names, rows: change(self.made(names, rows)))


Asking = Generator[tuple[Read, ...], list[Any], T]


def kept(asking: Callable[..., Read]) -> Callable[..., Read]:
    """Keep what is asked of some projects, on every page alike: making its text costs more than the
    answer. Not for what depends on the moment."""
    remembered = lru_cache(maxsize=1_000)(asking)

    @wraps(asking)
    def of(projects: Sequence[str], *more: str) -> Read:
        return remembered(tuple(projects), *more)

    return of


def nothing(answer: Any) -> Read:
    """Ask for nothing: the answer is known already."""
    return Read("", (), lambda names, rows: answer)


def tuples(text: str, params: Sequence[Any] | Mapping[str, Any]) -> Read:
    """Ask for rows as tuples."""
    return Read(text, params, lambda names, rows: rows)


def dicts(text: str, params: Sequence[Any] | Mapping[str, Any]) -> Read:
    """Ask for rows as dictionaries."""
    return Read(text, params, _as_dicts)


def one(text: str, params: Sequence[Any] | Mapping[str, Any]) -> Read:
    """Ask for the first row as a dictionary."""
    return Read(text, params, lambda names, rows: _as_dicts(names, rows[:1])[0])


def spaces(text: str, params: Sequence[Any] | Mapping[str, Any]) -> Read:
    """Ask for rows as namespaces."""
    return Read(
        text, params, lambda names, rows: [SimpleNamespace(**row) for row in _as_dicts(names, rows)]
    )


def rows_of(model: type[Model], text: str, params: Mapping[str, Any]) -> Read:
    """Ask for whole rows of a model as dictionaries of its values."""
    kept = {one.column: one for one in model._meta.concrete_fields if _is_kept_otherwise(one)}

    def made(names: list[str], rows: list[Row]) -> list[dict[str, Any]]:
        found = _as_dicts(names, rows)
        for row in found:
            for name, field in kept.items():
                row[name] = field.from_db_value(row[name], None, connection)
        return found

    return Read(text, params, made)


def _is_kept_otherwise(field: Any) -> bool:
    return hasattr(field, "from_db_value")


def objects(queryset: QuerySet[Any]) -> Read:
    """Ask for what iterating the queryset answers (instances, values); nothing is prefetched."""
    given = queryset._chain()
    compiler = given.query.get_compiler(given.db)
    try:
        text, params = compiler.as_sql()
    except EmptyResultSet:
        return nothing([])

    def made(names: list[str], rows: list[Row]) -> list[Any]:
        own, own_compiler = given._chain(), copy(compiler)  # a read may be kept, and asked at once
        own_compiler.execute_sql = lambda *args, **kwargs: [rows]
        own.query.get_compiler = lambda *args, **kwargs: own_compiler
        return list(own._iterable_class(own))

    return Read(text, params, made)


def aggregate(queryset: QuerySet[Any], **sums: Aggregate) -> Read:
    """Ask what `queryset.aggregate` answers."""
    of_all = queryset.order_by().annotate(together_all=Value(1)).values("together_all")
    nothing_found = {name: one.empty_result_set_value for name, one in sums.items()}
    return objects(of_all.annotate(**sums).values(*sums)).then(
        lambda rows: rows[0] if rows else nothing_found
    )


def count(queryset: QuerySet[Any], at_most: int | None = None) -> Read:
    """Ask how many rows there are, counting no further than `at_most`."""
    rows = queryset.order_by().values("pk")[:at_most]
    try:
        text, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return nothing(0)
    counted = f"select count(*) from ({text}) as counted"  # noqa: S608 - the ORM's own text
    return Read(counted, params, lambda names, rows: rows[0][0])


def join(*askings: Asking[Any]) -> Asking[list[Any]]:
    """Let several ask in step; answers what each came to, in their order."""
    came: list[Any] = [None] * len(askings)
    wanted: dict[int, tuple[Read, ...]] = {}

    def go_on(index: int, found: list[Any] | None) -> None:
        wanted.pop(index, None)
        try:
            wanted[index] = askings[index].send(found)
        except StopIteration as end:
            came[index] = end.value

    for index in range(len(askings)):
        go_on(index, None)
    while wanted:
        asked = dict(wanted)
        found = iter((yield tuple(one for reads in asked.values() for one in reads)))
        for index, reads in asked.items():
            go_on(index, [next(found) for _ in reads])
    return came


def each(reads: Mapping[str, Read]) -> Asking[dict[str, Any]]:
    """Ask for several things by name, and answer them by it."""
    found = yield tuple(reads.values())
    return dict(zip(reads, found, strict=True))


def all_of(*reads: Read) -> Asking[list[Any]]:
    """Ask for several things, and answer them in their order."""
    found = yield reads
    return found


def keep_related(objects: Sequence[Model], name: str, link: str, rows: Sequence[Model]) -> None:
    """Keep what belongs to each object, by its key in `link`, as `prefetch_related` would: then
    `name.all()` asks for nothing."""
    of_each: dict[Any, list[Model]] = {}
    for row in rows:
        of_each.setdefault(getattr(row, link), []).append(row)
    for one in objects:
        kept = getattr(one, name).get_queryset()
        kept._result_cache = of_each.get(one.pk, [])
        kept._prefetch_done = True
        one._prefetched_objects_cache = {
            **getattr(one, "_prefetched_objects_cache", {}),
            name: kept,
        }


def answer(asking: Asking[T]) -> T:
    """Answer what one comes to, a statement for each time that it asks."""
    found = None
    while True:
        try:
            wanted = asking.send(found)
        except StopIteration as end:
            return end.value
        found = read(*wanted)


def answers(*askings: Asking[Any]) -> list[Any]:
    """Answer what several come to, in step."""
    return answer(join(*askings))


def read(*reads: Read) -> list[Any]:
    """Answer what each read finds, in one statement; none where nothing can be found."""
    asked = [read for read in reads if read.text]
    parts = iter([part for some in _batches(asked) for part in _parts(some)])
    return [read.made(*next(parts)) if read.text else read.made([], []) for read in reads]


def _batches(asked: list[Read]) -> list[list[Read]]:
    """Answer them in statements of a like number, none with more than AT_ONCE."""
    if not asked:
        return []
    size = ceil(len(asked) / ceil(len(asked) / AT_ONCE))
    return [asked[start : start + size] for start in range(0, len(asked), size)]


def _parts(asked: list[Read]) -> list[tuple[list[str], list[Row]]]:
    texts, params = zip(*(_bound(read) for read in asked), strict=True)
    if len(asked) == 1:
        names, rows = _fetched(texts[0], params[0])
        return [(names, rows)]
    names, rows = _fetched(_beside_each_other(texts), [one for some in params for one in some])
    starts = [index for index, name in enumerate(names) if name.startswith(_NUMBER)]
    ends = [*starts[1:], len(names)]
    found = []
    for start, end in zip(starts, ends, strict=True):
        own = sorted((row[start:end] for row in rows if row[start] is not None), key=_number)
        found.append((names[start + 1 : end], [row[1:] for row in own]))
    return found


def _number(row: Row) -> int:
    return row[0]


def _beside_each_other(texts: Sequence[str]) -> str:
    statement, numbers = "", []
    for index, text in enumerate(texts):
        number = f"{_NUMBER}{index}"
        part = (
            f"(select row_number() over () as {number}, part.* from ({text}) as part)"  # noqa: S608
            f" as part_{index}"
        )
        before = f"coalesce({', '.join(numbers)})" if numbers else ""
        on = f" on {number} = {before}" if before else ""
        statement += f"{' full join ' if before else ''}{part}{on}"
        numbers.append(number)
    return f"select * from {statement}"  # noqa: S608


def _fetched(text: str, params: Sequence[Any]) -> tuple[list[str], list[Row]]:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return [column.name for column in cursor.description], cursor.fetchall()


def _bound(read: Read) -> tuple[str, Sequence[Any]]:
    if not isinstance(read.params, Mapping):
        return read.text, read.params
    text, names = _positional(read.text)
    return text, [read.params[name] for name in names]


@lru_cache(maxsize=1_000)
def _positional(text: str) -> tuple[str, tuple[str, ...]]:
    return _NAMED.sub("%s", text), tuple(_NAMED.findall(text))


def _as_dicts(names: list[str], rows: list[Row]) -> list[dict[str, Any]]:
    return [dict(zip(names, row, strict=True)) for row in rows]
