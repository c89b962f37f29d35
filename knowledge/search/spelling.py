"""Misspellings: two words within an edit of each other are alike once a letter is left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from knowledge.search import words

CORRECTIONS_AT_MOST = 4
_LONG = 8
_KNOWN = """
select distinct word from knowledge_spellingvariant
 where project_id = %s and variant = any(%s) and variant = word
"""
_INSERT = """
insert into knowledge_spellingvariant (project_id, variant, word)
select %s, variant, word from unnest(%s::text[], %s::text[]) as new(variant, word)
"""
_ALIKE = """
select distinct v.variant, v.word from unnest(%s::text[]) as visible(project_id)
cross join lateral (
  select variant, word from knowledge_spellingvariant
   where project_id = visible.project_id and variant = any(%s) limit 2000) v
"""


def remember(project_id: str, vocabulary: Iterable[str]) -> None:
    """Add what words the project's vocabulary does not have yet; in the caller's transaction."""
    spelled = sorted(word for word in set(vocabulary) if words.is_spelled(word))
    if not spelled:
        return
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [project_id, spelled])
        known = {row[0] for row in cursor.fetchall()}
        rows = [
            (variant, word)
            for word in spelled
            if word not in known
            for variant in sorted({word, *without_one(word)})
        ]
        if rows:
            variants, whole = zip(*rows, strict=True)
            cursor.execute(_INSERT, [project_id, list(variants), list(whole)])


def without_one(word: str) -> set[str]:
    """Answer the word with each of its letters left out."""
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


def corrections(projects: Sequence[str], misspelled: Sequence[str]) -> dict[str, list[str]]:
    """Answer the words that each unknown word may stand for, the nearest first; one statement."""
    asked = {word: _variants(word) for word in misspelled if words.is_spelled(word)}
    every = sorted(set().union(*asked.values())) if asked else []
    if not every:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, [list(projects), every])
        rows = cursor.fetchall()
    return {
        word: _nearest(word, {found for variant, found in rows if variant in variants})
        for word, variants in asked.items()
    }


def _variants(word: str) -> set[str]:
    word = word[: words.WORD_AT_MOST]
    one = without_one(word)
    two = {shorter for each in one for shorter in without_one(each)} if len(word) >= _LONG else ()
    return {word, *one, *two}


def _nearest(word: str, candidates: set[str]) -> list[str]:
    most = 1 if len(word) < 6 else 2
    near = sorted((distance(word, each), each) for each in candidates)
    return [each for edits, each in near if 0 < edits <= most][:CORRECTIONS_AT_MOST]


def distance(one: str, other: str) -> int:
    """Answer how many letters must be put in, left out, changed or swapped with a neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, against in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                best = min(best, last[j - 2] + 1)
            row.append(best)
    return row[-1]
