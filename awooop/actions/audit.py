"""Append to the audit chain, in the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from awooop import audit
from awooop.callers import Caller
from awooop.canonical import canonical_json
from awooop.clock import now
from awooop.logs import request_id
from awooop.models import AuditHead, AuditRecord
from awooop.redaction import redact_json


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


@transaction.atomic
def append_many(*, project_id: str, by: Caller, entries: Sequence[Entry]) -> list[AuditRecord]:
    """Append records to the project's chain in order.

    Locks the chain's head until the transaction ends, so take every other lock before. Secrets in
    `details` are redacted.
    """
    if not entries:
        return []
    head = _locked_head(project_id)
    records = []
    for entry in entries:
        record = _record(project_id, by, entry, head)
        head.seq, head.hash = record.seq, record.hash
        records.append(record)
    AuditRecord.objects.bulk_create(records)
    head.save(update_fields=["seq", "hash"])
    return records


def _locked_head(project_id: str) -> AuditHead:
    heads = AuditHead.objects.select_for_update()
    head = heads.filter(project_id=project_id).first()
    if head is not None:
        return head
    AuditHead.objects.bulk_create(
        [AuditHead(project_id=project_id, seq=0, hash=audit.GENESIS)], ignore_conflicts=True
    )
    return heads.get(project_id=project_id)


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
    return json.loads(canonical_json(details))
