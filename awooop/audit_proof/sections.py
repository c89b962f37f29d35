"""A section of a chain with its proof: records in full, or by their digest only."""

from __future__ import annotations

import csv
from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

from awooop import audit, csv_export
from awooop.audit_proof import documents, selectors
from awooop.audit_proof.archive import Archive, Part
from awooop.canonical import canonical_json
from awooop.errors import Conflict
from awooop.models import AuditRecord

# So many records more, to reach an anchor.
WIDENED = 100_000
COLUMNS = (*audit.FIELDS, "hash")


@dataclass
class _Parts:
    """The files of a section, as they are being written."""

    records: Part = field(default_factory=Part)
    table: Part = field(default_factory=Part)
    leaves: Part = field(default_factory=Part)
    written: int = 0
    left_out: int = 0


def add(
    archive: Archive, project_id: str, first: int, last: int, *, only: Set[int] | None = None
) -> dict[str, Any]:
    """Add the records from `first` to `last`; answers what the manifest says of the chain.

    Of those that are not in `only` (None: all) the digest alone is added, and so of those around
    them up to the next anchors, so that anchors kept outside can be compared. Every record is
    checked on the way: raises Conflict `chain_broken` where one is not as it was written.
    """
    wanted = range(first, last + 1) if only is None else only
    first, last = _to_anchors(project_id, first, last)
    walk = _up_to(project_id, first)
    before = walk.digest
    parts = _Parts()
    parts.table.write(csv_export.BYTE_ORDER_MARK)
    table = csv.writer(parts.table)
    table.writerow(COLUMNS)
    for record in audit.records(project_id, after=first - 1, until=last):
        _step(walk, record)
        if record.seq in wanted:
            parts.records.write(canonical_json(audit.plain(record)) + "\n")
            table.writerow(_cells(record))
            parts.written += 1
        else:
            parts.leaves.write(f"{record.seq} {audit.leaf(record)}\n")
            parts.left_out += 1
    if walk.seq != last:
        raise _broken(project_id, walk.seq + 1, "the end was cut")
    _add_files(archive, project_id, (first, last), parts)
    return {
        "first_seq": first,
        "last_seq": last,
        "digest_before": before,
        "digest_after": walk.digest,
        "records": parts.written,
        "left_out": parts.left_out,
    }


def _add_files(archive: Archive, project_id: str, seqs: tuple[int, int], parts: _Parts) -> None:
    archive.add("audit/records.jsonl", parts.records)
    archive.add("audit/records.csv", parts.table)
    if parts.left_out:
        archive.add("audit/leaves.txt", parts.leaves)
    anchors = selectors.between(project_id, seqs[0] - 1, seqs[1])
    archive.add_text("audit/anchors.jsonl", "".join(map(documents.line, anchors)))


def _to_anchors(project_id: str, first: int, last: int) -> tuple[int, int]:
    """Answer the span widened to the anchors around it, where those are not far."""
    before = selectors.last_anchor(project_id, until=first - 1)
    after = selectors.next_anchor(project_id, last)
    if before and first - before.seq <= WIDENED:
        first = before.seq + 1
    if after and after.seq - last <= WIDENED:
        last = after.seq
    return first, last


def _up_to(project_id: str, first: int) -> audit.Walk:
    """Walk from the last anchor before a record up to it."""
    last = selectors.last_anchor(project_id, until=first - 1)
    walk = audit.Walk(last.seq, last.hash, last.digest) if last else audit.Walk()
    for record in audit.records(project_id, after=walk.seq, until=first - 1):
        _step(walk, record)
    return walk


def _step(walk: audit.Walk, record: AuditRecord) -> None:
    reason = walk.step(record)
    if reason:
        raise _broken(record.project_id, walk.seq + 1, reason)


def _cells(record: AuditRecord) -> list[Any]:
    values = {**audit.plain(record), "details": canonical_json(record.details)}
    return [csv_export.cell(values[name]) for name in COLUMNS]


def _broken(project_id: str, seq: int, reason: str) -> Conflict:
    return Conflict(
        f"The audit chain of {project_id} is broken at record {seq}: {reason}.",
        code="chain_broken",
    )
