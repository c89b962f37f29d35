"""Import rows: idempotent by source and path, each batch one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from awooop import permissions
from awooop.actions import audit
from awooop.callers import Caller
from knowledge.actions import writing
from knowledge.importing.exchange import native_source, row_of
from knowledge.importing.rows import Row
from knowledge.models import EntryStatus, KnowledgeEntry

BATCH = 200
_REASON = "imported"


@dataclass
class Imported:
    """What became of the rows."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def add(self, other: Imported) -> None:
        """Add another batch's counts."""
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged


@transaction.atomic
def take_in(*, by: Caller, project_id: str, rows: Sequence[Row]) -> Imported:
    """Write a batch of rows, of which no two have the same source and path.

    A row that says what it said at the last import changes nothing, also where the entry was edited
    here meanwhile; one that changed at its source replaces the entry's text, which stays in the
    history. Raises NotAllowed, NotFound, Conflict (project off).
    """
    permissions.check_can_write(by, "knowledge.edit", project_id)
    known = _locked(project_id, rows)
    done, new, records = Imported(), [], []
    for row in rows:
        entry = known.get((row.source, row.source_path))
        if entry is None:
            new.append(_entry(project_id, row))
        elif _says_the_same(entry, row):
            done.unchanged += 1
        else:
            records.append(_update(by, entry, row))
            done.updated += 1
    inserted = writing.insert(new, editor=by.label, reason=_REASON)
    done.created = len(inserted)
    done.unchanged += len(new) - len(inserted)  # another import was first
    records += [_record(entry, "knowledge.entry.create") for entry in inserted]
    audit.append_many(project_id=project_id, by=by, entries=records)
    return done


def _locked(project_id: str, rows: Sequence[Row]) -> dict[tuple[str, str], KnowledgeEntry]:
    entries = KnowledgeEntry.objects.select_for_update().filter(project_id=project_id)
    found = entries.filter(
        source__in={row.source for row in rows}, source_path__in={row.source_path for row in rows}
    )
    known = {(entry.source, entry.source_path): entry for entry in found.order_by("pk")}
    own = native_source(project_id)
    native = {row.source_path for row in rows if row.source == own and _is_uuid(row.source_path)}
    for entry in entries.filter(pk__in=native, source_path="").order_by("pk"):
        known[(own, str(entry.pk))] = entry
    return known


def _says_the_same(entry: KnowledgeEntry, row: Row) -> bool:
    return row.digest == entry.source_digest or row.digest == row_of(entry).digest


def _entry(project_id: str, row: Row) -> KnowledgeEntry:
    return KnowledgeEntry(
        project_id=project_id,
        source=row.source,
        source_path=row.source_path,
        source_digest=row.digest,
        metadata=row.metadata,
        created_at=row.created_at,
        updated_at=row.updated_at,
        **{"status": EntryStatus.APPROVED, **row.values},
    )


def _update(by: Caller, entry: KnowledgeEntry, row: Row) -> audit.Entry:
    status_was = entry.status
    changed = {name for name, value in row.values.items() if getattr(entry, name) != value}
    for name, value in row.values.items():
        setattr(entry, name, value)
    if entry.status != EntryStatus.ARCHIVED:
        entry.superseded_by = None
    entry.metadata, entry.source_digest = row.metadata, row.digest
    changed |= {"metadata", "source_digest"}
    writing.save(
        entry,
        changed,
        editor=by.label,
        reason=_REASON,
        status_was=status_was,
        updated_at=row.updated_at,
    )
    return _record(entry, "knowledge.entry.update", changed=sorted(changed))


def _record(entry: KnowledgeEntry, action: str, **details: Any) -> audit.Entry:
    about = {"source": entry.source, "path": entry.source_path, "version": entry.version}
    return audit.Entry(action, "knowledge_entry", str(entry.pk), about | details)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
