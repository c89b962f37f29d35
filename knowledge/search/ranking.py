"""The best entries for a query: a bounded part of the index, ranked by the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from knowledge.search.query import Query

PER_TERM = 3_000
# A word being typed stands for many terms: of all together no more than this is read.
IN_ALL, LEAST_PER_TERM = 9_000, 600
AT_MOST = 200
CANDIDATES = 2 * AT_MOST
FEW = 2_000
# A rare term says more than a common one; an entry that has more of what was typed comes first.
_RANK = """
with asked as (
  select * from unnest(%(slots)s::int[], %(terms)s::text[], %(boosts)s::float8[])
      as asked(slot, term, boost)
), hits as materialized (
  select asked.slot, asked.term, asked.boost, hit.entry_id, hit.weight {hits}
), worth as (
  select slot, term, ln(1 + 10000::float8 / (1 + count(*))) as worth from hits group by slot, term
), slots as (
  select hits.entry_id, hits.slot, max(hits.weight * hits.boost * worth.worth) as score
    from hits join worth using (slot, term) group by hits.entry_id, hits.slot
), ranked as materialized (
  select entry_id, sum(score) * count(*) as score from slots group by entry_id
   order by 2 desc, 1 limit %(candidates)s
)
select ranked.entry_id, (select count(*) from ranked) from ranked {join}
 order by ranked.score desc, ranked.entry_id limit %(most)s
"""
# The heaviest entries of each term.
_HEAVIEST = """
    from unnest(%(projects)s::text[]) as visible(project_id) cross join asked cross join lateral (
      select s.entry_id, s.weight from knowledge_searchterm s
       where s.project_id = visible.project_id and s.term = asked.term
       order by s.weight desc, s.entry_id limit %(per_term)s) hit
"""
# The other way round where filters leave few entries: all of them, by the table's key.
_OF_FEW = """
    from knowledge_searchterm hit join asked on asked.term = hit.term
   where hit.entry_id = any(%(few)s) and hit.term = any(%(terms)s)
     and hit.project_id = any(%(projects)s)
"""


@dataclass(frozen=True)
class Ranked:
    """The entries that were found, best first, and whether these are all."""

    ids: list[UUID]
    is_all: bool


def rank(projects: Sequence[str], query: Query, narrowing: tuple[str, list[Any]] | None) -> Ranked:
    """Answer the best entries; `narrowing` is a query of the entries that may be among them.

    The best few are narrowed first; all of them only where too few of those are left.
    """
    if not query.asked or not projects:
        return Ranked([], True)
    given = _given(projects, query)
    statement = _RANK.format(hits=_HEAVIEST, join=_join(narrowing, given))
    ids, candidates = _run(statement, given | {"candidates": CANDIDATES})
    if len(ids) <= AT_MOST and (candidates == CANDIDATES or (narrowing and not ids)):
        ids, candidates = _run(statement, given | {"candidates": None})
    return Ranked(ids[:AT_MOST], len(ids) <= AT_MOST)


def rank_few(projects: Sequence[str], query: Query, few: Sequence[UUID]) -> Ranked:
    """Answer the best of a few entries, in their order."""
    if not query.asked or not projects or not few:
        return Ranked([], True)
    given = _given(projects, query) | {"few": list(few), "candidates": None}
    ids, _ = _run(_RANK.format(hits=_OF_FEW, join=""), given)
    return Ranked(ids[:AT_MOST], len(ids) <= AT_MOST)


def _given(projects: Sequence[str], query: Query) -> dict[str, Any]:
    slots, terms, boosts = zip(*query.asked, strict=True)
    return {
        "slots": list(slots),
        "terms": list(terms),
        "boosts": list(boosts),
        "projects": list(projects),
        "per_term": max(LEAST_PER_TERM, min(PER_TERM, IN_ALL // len(terms))),
        "most": AT_MOST + 1,
    }


def _join(narrowing: tuple[str, list[Any]] | None, given: dict[str, Any]) -> str:
    if narrowing is None:
        return ""
    sql, params = narrowing
    names = [f"narrow{number}" for number in range(len(params))]
    given.update(zip(names, params, strict=True))
    inner = sql % tuple(f"%({name})s" for name in names)
    return f"join ({inner}) as narrowed on narrowed.entry_id = ranked.entry_id"


def _run(statement: str, given: dict[str, Any]) -> tuple[list[UUID], int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        rows = cursor.fetchall()
    return [row[0] for row in rows], rows[0][1] if rows else 0
