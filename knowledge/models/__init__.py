"""Knowledge entries, their history, and the words by which they are found."""

from knowledge.models.entries import EntryStatus, EntryType, KnowledgeEntry, KnowledgeRevision
from knowledge.models.search import SearchTerm, SpellingVariant

__all__ = [
    "EntryStatus",
    "EntryType",
    "KnowledgeEntry",
    "KnowledgeRevision",
    "SearchTerm",
    "SpellingVariant",
]
