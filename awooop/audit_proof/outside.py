"""The copies of anchors outside: lines of a file, and posts to an address."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction

from awooop import guarded_http, tenancy
from awooop.audit_proof import documents
from awooop.canonical import canonical_json
from awooop.clock import now
from awooop.errors import Invalid
from awooop.guarded_http import Policy, Undeliverable
from awooop.models import AuditAnchor
from awooop.webhooks import signing

log = structlog.get_logger(__name__)
_BATCH = 200
Keep = Callable[[Sequence[AuditAnchor]], None]


def stores() -> dict[str, tuple[str, Keep]]:
    """Answer where copies go by name: the column that says when one went, and what keeps it."""
    found: dict[str, tuple[str, Keep]] = {}
    if settings.AUDIT_ANCHOR_FILE:
        found["file"] = ("filed_at", append_to_file)
    if settings.AUDIT_ANCHOR_URL:
        found["url"] = ("posted_at", post_to_url)
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
            except (OSError, Undeliverable, Invalid) as error:
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


def post_to_url(anchors: Sequence[AuditAnchor]) -> None:
    """Post anchors to AUDIT_ANCHOR_URL, signed with the installation's key (Standard Webhooks,
    `v1a`); raises Undeliverable unless they were taken.

    Whoever sets the environment says where to: it may be on the premises.
    """
    found = [documents.document(anchor) for anchor in anchors]
    body = canonical_json(
        {"type": "audit.anchored", "timestamp": now(), "data": {"anchors": found}}
    ).encode()
    last = anchors[-1]
    ident = f"msg_anchor_{last.project_id}_{anchors[0].number}_{last.number}"
    headers = signing.public_headers(ident, now(), body)
    reach = Policy(http=True, private=True)
    answer = guarded_http.post(settings.AUDIT_ANCHOR_URL, body, headers, policy=reach)
    if not answer.is_taken:
        raise Undeliverable(f"it answered {answer.status}")
