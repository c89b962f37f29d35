"""How many entries there are of each kind: to narrow a list by a click."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import connection

from awooop import paging
from knowledge.selectors.filters import Filters

BOUND = 5_000
CHOICES_AT_MOST = 12
FIELDS = ("entry_type", "category")


@dataclass(frozen=True)
class Facet:
    """The values of one field with their counts, the most common first."""

    name: str
    values: list[tuple[str, int]]
    is_exact: bool


def of(filters: Filters, projects: Sequence[str], ids: Sequence[UUID] | None) -> list[Facet]:
    """Answer the facets of a list, or of what a search found (`ids`), counted up to a bound."""
    return [_facet(name, filters, projects, ids) for name in FIELDS]


def _facet(
    name: str, filters: Filters, projects: Sequence[str], ids: Sequence[UUID] | None
) -> Facet:
    # A facet shows what one could choose instead, so it leaves its own filter out. What a search
    # found was narrowed already.
    if not projects or ids == []:
        return Facet(name, [], True)
    others = filters if ids is not None else replace(filters, **{name: ""})
    rows = paging.restrict(others.apply(projects), projects)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    sql, params = rows.order_by().values(name)[: BOUND + 1].query.sql_with_params()
    statement = (
        f"select value, count(*) from ({sql}) as counted(value) group by value "  # noqa: S608
        "order by count(*) desc, value"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        counted = cursor.fetchall()
    is_exact = sum(count for _, count in counted) <= BOUND
    values = [(value, count) for value, count in counted if value]
    return Facet(name, values[:CHOICES_AT_MOST], is_exact)
