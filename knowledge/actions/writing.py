"""How rows of entries are written: with their revision, their index and the running totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from awooop import bulk, counters
from awooop.clock import now
from knowledge import policies
from knowledge.models import KnowledgeEntry, KnowledgeRevision
from knowledge.search import index

TOTAL = "knowledge_entries"
_FOUND_BY = frozenset({"title", "content", "category", "tags", "alertname"})


def insert(entries: Sequence[KnowledgeEntry], *, editor: str, reason: str) -> list[KnowledgeEntry]:
    """Insert entries that are not there yet, by their source; answers those that went in.

    A fixed number of statements, in the caller's transaction.
    """
    fresh = bulk.insert_new(entries)
    new = [entry for entry in entries if entry.pk in fresh]
    bulk.insert_new([_revision(each, editor, reason) for each in new])
    index.write(new, are_new=True)
    count({}, new)
    return new


def save(
    entry: KnowledgeEntry,
    changed: Collection[str],
    *,
    editor: str,
    reason: str,
    status_was: str,
    updated_at: datetime | None = None,
) -> None:
    """Save a locked entry at its next version; a change of content is an update and a revision.

    `updated_at` is what the source says; else a change of content happens now.
    """
    entry.version += 1
    names = {*changed, "version", "superseded_by"}
    is_content = bool(set(changed) & set(policies.CONTENT))
    if is_content or updated_at:
        entry.updated_at = updated_at or now()
        names.add("updated_at")
    entry.save(update_fields=sorted(names))
    if is_content:
        _revision(entry, editor, reason).save(force_insert=True)
    if set(changed) & _FOUND_BY:
        index.write([entry])
    if entry.status != status_was:
        count({(entry.project_id, status_was): 1}, [entry])


def count(gone: dict[tuple[str, str], int], come: Sequence[KnowledgeEntry]) -> None:
    """Move the running totals of entries by status."""
    deltas: Counter[tuple[str, str]] = Counter()
    deltas.update((entry.project_id, str(entry.status)) for entry in come)
    deltas.subtract(gone)
    rows = [
        (TOTAL, value, {"project_id": project_id, "status": status})
        for (project_id, status), value in sorted(deltas.items())
        if value
    ]
    if rows:
        counters.add_many(rows)


def _revision(entry: KnowledgeEntry, editor: str, reason: str) -> KnowledgeRevision:
    return KnowledgeRevision(
        entry=entry,
        project_id=entry.project_id,
        version=entry.version,
        title=entry.title,
        content=entry.content,
        editor=editor[:254],
        reason=reason[:500],
        created_at=entry.updated_at,
    )
