"""Write what entries are found by, in the transaction that writes the entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db import connection

from knowledge.models import KnowledgeEntry
from knowledge.search import spelling, terms, words

_BETWEEN = "\x1f"  # no term has it: texts are split at it, and tags are cleaned of it
_FORGET = "delete from knowledge_searchterm where project_id = %s and entry_id = any(%s)"
# Three texts instead of arrays: the driver would look at each of their members.
_INSERT = """
insert into knowledge_searchterm (project_id, entry_id, term, weight)
select %s, new.* from unnest(
  string_to_array(%s, chr(31))::uuid[], string_to_array(%s, chr(31)),
  string_to_array(%s, chr(31))::smallint[]) as new(entry_id, term, weight)
 order by new.term, new.weight desc
"""


def write(entries: Sequence[KnowledgeEntry], *, are_new: bool = False) -> None:
    """Index entries anew: a fixed number of statements per project, however many there are."""
    by_project: dict[str, list[KnowledgeEntry]] = defaultdict(list)
    for entry in entries:
        by_project[entry.project_id].append(entry)
    for project_id, found in by_project.items():
        _write(project_id, found, are_new)


def _write(project_id: str, entries: list[KnowledgeEntry], are_new: bool) -> None:
    documents = terms.of_entries(entries)
    vocabulary = set().union(*(document.vocabulary() for document in documents))
    stems = words.stems(vocabulary)
    ids: list[str] = []
    found: list[tuple[str, int]] = []
    for document in documents:
        weights = document.weights(stems)
        ids += [str(document.entry.pk)] * len(weights)
        found += weights
    with connection.cursor() as cursor:
        if not are_new:
            cursor.execute(_FORGET, [project_id, [entry.pk for entry in entries]])
        if found:
            columns = [ids, [term for term, _ in found], [str(weight) for _, weight in found]]
            cursor.execute(_INSERT, [project_id, *map(_BETWEEN.join, columns)])
    spelling.remember(project_id, vocabulary & stems.keys())
