"""What was typed, as terms of the index: exact, completed while typing, or spelled otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from knowledge.search import spelling, words

WORDS_AT_MOST = 24
COMPLETIONS_AT_MOST = 20
LAST = "\U0010ffff"
_COMPLETED, _RESPELLED = 0.6, 0.5
_KNOWN = """
select distinct asked.term from unnest(%s::text[]) as asked(term)
 where exists (
   select 1 from unnest(%s::text[]) as visible(project_id) cross join lateral (
     select 1 from knowledge_searchterm s
      where s.project_id = visible.project_id and s.term = asked.term limit 1) found)
"""
# Each step jumps over all rows of a term to the next one.
_COMPLETE = """
with recursive step(project_id, term, number) as (
  select visible.project_id, (
    select s.term from knowledge_searchterm s where s.project_id = visible.project_id
       and s.term > %(start)s and s.term < %(end)s order by s.term limit 1), 1
    from unnest(%(projects)s::text[]) as visible(project_id)
  union all
  select step.project_id, (
    select s.term from knowledge_searchterm s where s.project_id = step.project_id
       and s.term > step.term and s.term < %(end)s order by s.term limit 1), number + 1
    from step where step.term is not null and number < %(most)s
) select distinct term from step where term is not null
"""


@dataclass
class Query:
    """The terms to look for by the typed word that they stand for: `(word, term, boost)`."""

    asked: list[tuple[int, str, float]] = field(default_factory=list)
    respelled: dict[str, list[str]] = field(default_factory=dict)

    @property
    def terms(self) -> frozenset[str]:
        """All terms looked for."""
        return frozenset(term for _, term, _ in self.asked)


def parse(projects: Sequence[str], text: str) -> Query:
    """Answer what to look for; three statements at most."""
    typed = list(dict.fromkeys(words.words_of(text)))[:WORDS_AT_MOST]
    stems = words.stems(typed)
    known = _known(projects, sorted(set(stems.values())))
    query = Query()
    for slot, word in enumerate(typed):
        if stems.get(word) in known:
            query.asked.append((slot, stems[word], 1.0))
    _complete(query, projects, text, typed, known)
    _respell(query, projects, typed, stems)
    return query


def _known(projects: Sequence[str], terms: Sequence[str]) -> set[str]:
    if not terms:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [list(terms), list(projects)])
        return {row[0] for row in cursor.fetchall()}


def _complete(
    query: Query, projects: Sequence[str], text: str, typed: Sequence[str], known: set[str]
) -> None:
    """The last word may not be finished: take in what starts with it."""
    last = words.last_run(text)
    if last is None or last not in typed:
        return
    if len(last) < (1 if words.is_chinese(last) else 3):
        return
    slot = typed.index(last)
    for term in completions(projects, last):
        if term not in known:
            query.asked.append((slot, term, _COMPLETED))


def completions(projects: Sequence[str], start: str) -> list[str]:
    """Answer terms that start so and are longer, in their order."""
    if not projects:
        return []
    given = {"start": start, "end": start + LAST, "projects": list(projects)}
    with connection.cursor() as cursor:
        cursor.execute(_COMPLETE, given | {"most": COMPLETIONS_AT_MOST})
        return [row[0] for row in cursor.fetchall()]


def _respell(
    query: Query, projects: Sequence[str], typed: Sequence[str], stems: dict[str, str]
) -> None:
    found = {slot for slot, _, _ in query.asked}
    unknown = [word for slot, word in enumerate(typed) if slot not in found and word in stems]
    query.respelled = {
        word: near for word, near in spelling.corrections(projects, unknown).items() if near
    }
    other = words.stems(each for near in query.respelled.values() for each in near)
    for word, near in query.respelled.items():
        for term in dict.fromkeys(other[each] for each in near if each in other):
            query.asked.append((typed.index(word), term, _RESPELLED))
