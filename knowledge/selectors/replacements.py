"""Which entries may take a stale one's place."""

from __future__ import annotations

from awooop.paging import PageRequest
from knowledge.models import EntryStatus, EntryType, KnowledgeEntry
from knowledge.selectors import entries, filters

AT_MOST = 8


def of(entry: KnowledgeEntry, words: str = "") -> list[KnowledgeEntry]:
    """Answer entries in use that could supersede one: those that `words` find, or without words
    those about the same alert, the newest first; else what its title finds."""
    words = words.strip()[: filters.Q_AT_MOST]
    found = [] if words else _of_the_same_alert(entry)
    return found or _found(entry, words or entry.title[: filters.Q_AT_MOST])


def _of_the_same_alert(entry: KnowledgeEntry) -> list[KnowledgeEntry]:
    if not entry.alertname:
        return []
    rows = KnowledgeEntry.objects.filter(project_id=entry.project_id, alertname=entry.alertname)
    rows = rows.exclude(status=EntryStatus.ARCHIVED).exclude(pk=entry.pk).defer("content")
    return list(rows.order_by("-updated_at", "pk")[:AT_MOST])


def _found(entry: KnowledgeEntry, words: str) -> list[KnowledgeEntry]:
    asked = PageRequest(1, AT_MOST + 1, None)
    results = entries.page_of_entries(filters.parse({"q": words}), [entry.project_id], asked)
    rows = [hit.entry for hit in results.items]
    return [row for row in rows if row.pk != entry.pk and row.entry_type != EntryType.REVIEW_DRAFT][
        :AT_MOST
    ]
