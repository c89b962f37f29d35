"""Append to the audit chain, in the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from awooop import audit, bulk
from awooop.callers import Caller
from awooop.canonical import canonical_json
from awooop.clock import now
from awooop.logs import request_id
from awooop.models import AuditHead, AuditRecord
from awooop.redaction import redact_json

# Records and heads in one statement: no record without its head, and one round trip.
_APPEND = """
with written as (insert into awooop_auditrecord {})
update awooop_audithead head set seq = given.seq, hash = given.hash
  from unnest(%s::text[], %s::bigint[], %s::text[]) as given (project_id, seq, hash)
 where head.project_id = given.project_id
"""


@dataclass(frozen=True)
class Entry:
    """What is to be recorded: `action` such as `run.approval.approve`, and what it was done to."""

    action: str
    resource_type: str
    resource_id: str
    details: dict[str, Any] = field(default_factory=dict)
    run_id: UUID | None = None


def append(*, project_id: str, by: Caller, entry: Entry) -> AuditRecord:
    """Append one record to the project's chain; see `append_many`."""
    return append_many(project_id=project_id, by=by, entries=[entry])[0]


def append_many(*, project_id: str, by: Caller, entries: Sequence[Entry]) -> list[AuditRecord]:
    """Append records to the project's chain in order; see `append_projects`."""
    return append_projects(by=by, entries={project_id: entries})


@transaction.atomic(savepoint=False)
def append_projects(*, by: Caller, entries: Mapping[str, Sequence[Entry]]) -> list[AuditRecord]:
    """Append records to the chains of several projects, in a fixed number of statements.

    Locks the chains' heads, in the projects' order, until the transaction ends, so take every
    other lock before. Secrets in `details` are redacted. Without a savepoint: a change whose record
    fails cannot be kept.
    """
    projects = sorted(project for project, some in entries.items() if some)
    if not projects:
        return []
    heads = _locked_heads(projects)
    records = []
    for project in projects:
        head = heads[project]
        for entry in entries[project]:
            record = _record(project, by, entry, head)
            head.seq, head.hash = record.seq, record.hash
            records.append(record)
    _write(records, list(heads.values()))
    return records


def _write(records: Sequence[AuditRecord], heads: Sequence[AuditHead]) -> None:
    moved = [[getattr(head, name) for head in heads] for name in ("project_id", "seq", "hash")]
    with connection.cursor() as cursor:
        cursor.execute(_APPEND.format(bulk.selected(AuditRecord)), [*bulk.arrays(records), *moved])


def _locked_heads(projects: Sequence[str]) -> dict[str, AuditHead]:
    rows = AuditHead.objects.select_for_update().order_by("project_id")
    heads = {head.project_id: head for head in rows.filter(project_id__in=projects)}
    missing = [project for project in projects if project not in heads]
    if missing:
        AuditHead.objects.bulk_create(
            [AuditHead(project_id=project, seq=0, hash=audit.GENESIS) for project in missing],
            ignore_conflicts=True,
        )
        heads |= {head.project_id: head for head in rows.filter(project_id__in=missing)}
    return heads


def _record(project_id: str, by: Caller, entry: Entry, head: AuditHead) -> AuditRecord:
    details, _ = redact_json(entry.details)
    record = AuditRecord(
        project_id=project_id,
        seq=head.seq + 1,
        action=entry.action,
        resource_type=entry.resource_type,
        resource_id=str(entry.resource_id)[:128],
        actor=by.label[:254],
        actor_kind=by.kind,
        # Exactly what the database will give back, so that the hash can be made again from it.
        details=_as_stored({**details, "actor_id": by.ident}),
        run_id=entry.run_id,
        request_id=request_id()[:64],
        created_at=now(),
        key_id=audit.key_id(),
        prev_hash=head.hash,
    )
    record.hash = audit.hash_of(record)
    return record


def _as_stored(details: dict[str, Any]) -> dict[str, Any]:
    return json.loads(canonical_json(details), parse_float=_as_numeric)


def _as_numeric(text: str) -> float | int:
    """Answer a number as PostgreSQL writes it: whole from 1e16 on, and without a sign at zero."""
    value = float(text)
    return int(Decimal(text)) if abs(value) >= 1e16 else value or 0.0
