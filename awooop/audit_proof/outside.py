"""The copies of anchors outside: lines of a file, and posts to an address."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction

from awooop import tenancy
from awooop.audit_proof import documents
from awooop.clock import now
from awooop.models import AuditAnchor

log = structlog.get_logger(__name__)
_BATCH = 200
Keep = Callable[[Sequence[AuditAnchor]], None]


def stores() -> dict[str, tuple[str, Keep]]:
    """Answer where copies go by name: the column that says when one went, and what keeps it."""
    found: dict[str, tuple[str, Keep]] = {}
    if settings.AUDIT_ANCHOR_FILE:
        found["file"] = ("filed_at", append_to_file)
    return found


def deliver(projects: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Write what each store lacks; answers how many each got, and what went wrong.

    A copy is marked after it was written: a process killed in between writes it twice, which
    readers pass over.
    """
    done, errors = {}, []
    for name, (column, keep) in stores().items():
        done[name] = 0
        for project in projects:
            try:
                done[name] += _deliver(project, column, keep)
            except OSError as error:
                errors.append(f"{name}: {error}"[:200])
                log.warning("anchors_not_kept", store=name, project_id=project, error=str(error))
                break  # what does not take one project's takes no other's
    return done, errors


def _deliver(project_id: str, column: str, keep: Keep) -> int:
    total = 0
    while True:
        with transaction.atomic(), tenancy.scope([project_id]):
            rows = AuditAnchor.objects.filter(project_id=project_id, **{column: None})
            batch = list(rows.order_by("number").select_for_update(skip_locked=True)[:_BATCH])
            if batch:
                keep(batch)
                pks = [anchor.pk for anchor in batch]
                AuditAnchor.objects.filter(project_id=project_id, pk__in=pks).update(
                    **{column: now()}
                )
        total += len(batch)
        if len(batch) < _BATCH:
            return total


def append_to_file(anchors: Sequence[AuditAnchor]) -> None:
    """Append lines to AUDIT_ANCHOR_FILE, whole and on the disk before it returns."""
    path = Path(settings.AUDIT_ANCHOR_FILE)
    text = "".join(documents.line(anchor) for anchor in anchors)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        _write_all(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]
