"""An entry in the exchange format, and back."""

from __future__ import annotations

from typing import Any

from knowledge.importing.rows import Row, checked
from knowledge.models import KnowledgeEntry


def native_source(project_id: str) -> str:
    """Answer the name that a project's own entries have as a source."""
    return f"awooop/{project_id}"


def data_of(entry: KnowledgeEntry) -> dict[str, Any]:
    """Answer an entry as a row of the format that the import reads."""
    is_native = not entry.source_path
    return {
        **entry.metadata,
        "source_repo": native_source(entry.project_id) if is_native else entry.source,
        "path": str(entry.pk) if is_native else entry.source_path,
        "title": entry.title,
        "body": entry.content,
        "category": entry.category or None,
        "tags": entry.tags,
        "alertname": entry.alertname or None,
        "owner": entry.owner or None,
        "entry_type": entry.entry_type,
        "status": entry.status,
        "author_date_first": entry.created_at.isoformat(),
        "author_date_last_non_bulk": entry.updated_at.isoformat(),
    }


def row_of(entry: KnowledgeEntry) -> Row:
    """Answer the row that an entry's export would be read as."""
    row = checked(str(entry.pk), data_of(entry))
    if not isinstance(row, Row):
        raise ValueError(f"{entry.pk}: {row.reason}")
    return row
