"""'Starts with' by the range of an ordinary index: of texts, and of UUIDs."""

from __future__ import annotations

import re
from functools import cache
from uuid import UUID

from django.db import connection
from django.db.models import Q

LEAST_DIGITS = 4
_UUID_START = re.compile(r"[0-9a-f][0-9a-f-]{0,35}", re.ASCII)
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


def uuids_from(text: str, least: int = LEAST_DIGITS) -> tuple[UUID, UUID] | None:
    """Answer the first and the last UUID that start with a text, None where it cannot start one.

    Fewer than `least` digits are too few to look for.
    """
    text = text.strip().lower()
    digits = text.replace("-", "")
    if not _UUID_START.fullmatch(text) or not least <= len(digits) <= 32:
        return None
    return UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
