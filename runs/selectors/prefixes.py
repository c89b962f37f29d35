"""'Starts with' by the range of an ordinary index."""

from __future__ import annotations

from functools import cache

from django.db import connection
from django.db.models import Q

LAST_CHARACTER = "\U0010ffff"
# By JSON, because PostgreSQL 14 has no column for the provider (c: libc, i: ICU, b: built in).
_ORDER = """
select case coalesce(to_jsonb(d)->>'datlocprovider', 'c')
         when 'b' then true when 'i' then false
         else datcollate in ('C', 'POSIX', 'C.UTF-8', 'C.utf8') end
  from pg_database d where datname = current_database()
"""


def starts_with(field: str, prefix: str) -> Q:
    """Answer the condition that a text starts with `prefix`, literally.

    `LIKE` is not leakproof, so under row-level security it may not use an index; comparisons may.
    In a database that is not ordered by code points the range means nothing: no index serves there.
    """
    if not prefix:
        return Q()
    exact = Q(**{f"{field}__startswith": prefix})
    if not is_ordered_by_code_point():
        return exact
    return Q(**{f"{field}__gte": prefix, f"{field}__lt": prefix + LAST_CHARACTER}) & exact


@cache
def is_ordered_by_code_point() -> bool:
    """Whether texts are ordered by code points, as in the embedded database (C.UTF-8)."""
    with connection.cursor() as cursor:
        cursor.execute(_ORDER)
        return bool(cursor.fetchone()[0])
