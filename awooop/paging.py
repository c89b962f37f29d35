"""Keyset paging: a page costs the same whether it is the first or the last.

A list over several projects is a lateral join per project (each one index scan), merged: a plain
`project_id = any(…)` would sort every visible row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from awooop import together
from awooop.errors import Invalid
from awooop.together import Asking, Read

COUNT_BOUND = 10_000
MAX_PER_PAGE = 200
MAX_PAGE = 100_000


@dataclass(frozen=True)
class Ordering:
    """A named order over columns that all run the same way and end in a unique one."""

    name: str
    fields: tuple[str, ...]
    descending: bool = True

    def order_by(self, *, backwards: bool = False) -> list[str]:
        """Answer the `order_by` arguments, turned round for a page before the cursor."""
        sign = "-" if self.descending != backwards else ""
        return [f"{sign}{name}" for name in self.fields]

    def beyond(self, values: Sequence[Any], *, backwards: bool = False) -> Q:
        """Answer the condition for rows beyond `values`; its first part is a range of the index."""
        less = self.descending != backwards
        compare = "lt" if less else "gt"
        head, *rest = self.fields
        strict = Q(**{f"{head}__{compare}": values[0]})
        if not rest:
            return strict
        tie = Ordering(self.name, tuple(rest), self.descending)
        return Q(**{f"{head}__{compare}e": values[0]}) & (
            strict | (Q(**{head: values[0]}) & tie.beyond(values[1:], backwards=backwards))
        )


@dataclass(frozen=True)
class PageRequest:
    """What a client asked for: a cursor, or a page number."""

    page: int = 1
    per_page: int = 50
    cursor: str | None = None


@dataclass
class Page:
    """One page of primary keys, newest first, and how to go on."""

    items: list[Any]
    total: int
    total_is_exact: bool
    page: int
    per_page: int
    next_cursor: str | None
    prev_cursor: str | None = None


def parse_request(page: Any = 1, per_page: Any = 50, cursor: str | None = None) -> PageRequest:
    """Check paging parameters as they came from a query string; raises Invalid naming each."""
    errors = {}
    numbers = {}
    for name, value, most in (("page", page, MAX_PAGE), ("per_page", per_page, MAX_PER_PAGE)):
        text = str(value or 1)
        numbers[name] = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
        if not 1 <= numbers[name] <= most:
            errors[name] = _("must be a whole number from 1 to %(most)s") % {"most": most}
    if errors:
        raise Invalid(errors)
    return PageRequest(numbers["page"], numbers["per_page"], cursor or None)


def paginate(
    queryset: QuerySet[Any], projects: Sequence[str], ordering: Ordering, request: PageRequest
) -> Page:
    """Answer one page of `queryset` (unordered, not yet restricted to projects) as model instances.

    `select_related` and `only` of the queryset are kept; at most two statements, and one for the
    bounded total where there is more than one page.
    """
    return together.answer(asking(queryset, projects, ordering, request))


def asking(
    queryset: QuerySet[Any], projects: Sequence[str], ordering: Ordering, request: PageRequest
) -> Asking[Page]:
    """Ask what `paginate` answers; raises Invalid as it does."""
    backwards, after = _read_cursor(queryset.model, ordering, request.cursor)
    rows = yield from _asking_rows(queryset, projects, ordering, request, after, backwards)
    has_more = len(rows) > request.per_page
    items = rows[: request.per_page]
    if backwards:
        items.reverse()
    is_whole = not has_more and not after and request.page == 1
    total, exact = len(items), True
    if not is_whole:
        ((total, exact),) = yield (_bounded(queryset, projects),)
    return Page(
        items=items,
        total=total,
        total_is_exact=exact,
        page=request.page,
        per_page=request.per_page,
        next_cursor=_cursor(ordering, items, last=True) if has_more or backwards else None,
        prev_cursor=_prev_cursor(ordering, items, request, has_more, backwards),
    )


def bounded_count(queryset: QuerySet[Any], projects: Sequence[str]) -> tuple[int, bool]:
    """Answer how many rows there are, counting no further than the bound, and whether that is
    exact."""
    return together.read(_bounded(queryset, projects))[0]


def _bounded(queryset: QuerySet[Any], projects: Sequence[str]) -> Read:
    unordered = queryset.select_related(None).order_by()
    if len(projects) == 1:
        counted = together.count(unordered.filter(project_id=projects[0]), COUNT_BOUND + 1)
    else:
        counted = _count_lateral(unordered.values("pk"), projects)
    return counted.then(lambda count: (min(count, COUNT_BOUND), count <= COUNT_BOUND))


def first(
    queryset: QuerySet[Any], projects: Sequence[str], ordering: Ordering, limit: int
) -> list[Any]:
    """Answer the first rows of `queryset` (as for `paginate`): two statements, nothing counted."""
    request = PageRequest(per_page=limit)
    rows = together.answer(_asking_rows(queryset, projects, ordering, request, None, False))
    return rows[:limit]


def floor(
    model: type[Model], projects: Sequence[str], ordering: Ordering, among: int
) -> datetime | None:
    """Answer since when a search must look to see the newest `among` rows of each project; None:
    there are no more.

    For a search that no index serves, and that must not walk a table which only grows.
    """
    each = model._default_manager.filter(project_id=RawSQL("visible.project_id", []))
    rows = each.order_by(*ordering.order_by()).values_list(ordering.fields[0])
    sql, params = rows[among : among + 1].query.sql_with_params()
    statement = (
        "select min(reached.at) from unnest(%s::text[]) as visible(project_id) "  # noqa: S608
        f"cross join lateral ({sql}) reached(at)"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(projects), *params])
        return cursor.fetchone()[0]


def restrict(queryset: QuerySet[Any], projects: Sequence[str]) -> QuerySet[Any]:
    """Name the projects in the query itself: the policy is only the net under it."""
    if len(projects) == 1:
        return queryset.filter(project_id=projects[0])
    return queryset.filter(project_id__in=list(projects))


def _asking_rows(queryset, projects, ordering, request, after, backwards) -> Asking[list[Any]]:
    """Ask for the page's rows and one more: in one statement where neither other tables nor an
    offset, which the index alone should pass over, stand against it."""
    offset = 0 if after else (request.page - 1) * request.per_page
    if len(projects) == 1 and not offset and not queryset.query.select_related:
        rows = _ordered(queryset, ordering, after, backwards).filter(project_id=projects[0])
        (found,) = yield (together.objects(rows[: request.per_page + 1]),)
        return found
    pks_read = _page_of_pks(queryset, projects, ordering, request, after, backwards, offset)
    (pks,) = yield (pks_read,)
    (whole,) = yield (_hydrate(queryset, projects, pks),)
    found = {row.pk: row for row in whole}
    return [found[pk] for pk in pks if pk in found]


def _ordered(queryset, ordering, after, backwards) -> QuerySet[Any]:
    rows = queryset.order_by(*ordering.order_by(backwards=backwards))
    return rows.filter(ordering.beyond(after, backwards=backwards)) if after else rows


def _page_of_pks(queryset, projects, ordering, request, after, backwards, offset) -> Read:
    limit = request.per_page + 1
    base = _ordered(queryset.select_related(None), ordering, after, backwards)
    if len(projects) == 1:
        one = base.filter(project_id=projects[0])
        return together.objects(one.values_list("pk", flat=True)[offset : offset + limit])
    if not projects:
        return together.nothing([])
    return _lateral(base, projects, ordering, backwards, offset, limit)


def _count_lateral(unordered, projects) -> Read:
    # Under `project_id in (…)` the planner may read the table from its start until it has enough,
    # past
    # all the rows of others.
    each = unordered.filter(project_id=RawSQL("visible.project_id", []))
    try:
        sql, params = each[: COUNT_BOUND + 1].query.sql_with_params()
    except EmptyResultSet:
        return together.nothing(0)
    statement = (
        f"select count(*) from (select 1 from unnest(%s::text[]) as visible(project_id) "  # noqa: S608
        f"cross join lateral ({sql}) as each limit %s) as counted"
    )
    asked = together.tuples(statement, [list(projects), *params, COUNT_BOUND + 1])
    return asked.then(lambda rows: rows[0][0])


def _lateral(base, projects, ordering, backwards, offset, limit) -> Read:
    pk = base.model._meta.pk.attname
    columns = list(dict.fromkeys([pk, *ordering.fields]))
    each = base.filter(project_id=RawSQL("visible.project_id", []))
    try:
        sql, params = each.values_list(*columns)[: offset + limit].query.sql_with_params()
    except EmptyResultSet:  # a filter that nothing can meet, such as `in []`
        return together.nothing([])
    way = "desc" if ordering.descending != backwards else "asc"
    # Positions in the select list, so that no column name has to be quoted here.
    order = ", ".join(f"page.c{columns.index(name)} {way}" for name in ordering.fields)
    names = ", ".join(f"c{index}" for index in range(len(columns)))
    statement = (
        f"select page.c0 from unnest(%s::text[]) as visible(project_id) "  # noqa: S608
        f"cross join lateral ({sql}) as page({names}) order by {order} limit %s offset %s"
    )
    asked = together.tuples(statement, [list(projects), *params, limit, offset])
    return asked.then(lambda rows: [row[0] for row in rows])


def _hydrate(queryset, projects, pks) -> Read:
    model_rows = queryset.model._default_manager.filter(pk__in=pks)
    model_rows.query.select_related = queryset.query.select_related
    model_rows.query.deferred_loading = queryset.query.deferred_loading
    return together.objects(restrict(model_rows, projects))


def _cursor(ordering: Ordering, items: list[Model], *, last: bool) -> str | None:
    if not items:
        return None
    row = items[-1] if last else items[0]
    values = [str(_plain(getattr(row, name))) for name in ordering.fields]
    return signing.dumps([("n" if last else "p"), *values], salt=_salt(ordering))


def _prev_cursor(ordering, items, request, has_more, backwards) -> str | None:
    is_first = request.page == 1 and request.cursor is None
    if is_first or (backwards and not has_more):
        return None
    return _cursor(ordering, items, last=False)


def _read_cursor(model, ordering, cursor) -> tuple[bool, list[Any] | None]:
    if cursor is None:
        return False, None
    try:
        direction, *values = signing.loads(cursor, salt=_salt(ordering))
        if len(values) != len(ordering.fields):
            raise ValueError("a cursor of another ordering")
        fields = [model._meta.get_field(name) for name in ordering.fields]
        return direction == "p", [
            field.to_python(value) for field, value in zip(fields, values, strict=True)
        ]
    except (signing.BadSignature, ValueError, TypeError, ValidationError):
        raise Invalid({"cursor": _("is not one that this list gave out")}) from None


def _salt(ordering: Ordering) -> str:
    return f"awooop.cursor.{ordering.name}"


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
