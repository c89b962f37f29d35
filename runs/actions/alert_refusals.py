"""Keep what a webhook sent and we refused: its sender does not send it again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from awooop import bulk, counters
from awooop.callers import Caller
from awooop.clock import now
from awooop.redaction import redact
from runs.alertmanager.storable import storable
from runs.models import ChannelEvent

# Redacted first and cut after: half a secret would no longer look like one.
_READ = 65_536
_KEPT = 16_384
_PREVIEW = 500
log = structlog.get_logger(__name__)


@transaction.atomic
def keep(
    *,
    by: Caller,
    project_ids: Iterable[str],
    channel_type: str,
    body: bytes,
    reason: str,
    errors: Sequence[dict[str, str]],
) -> list[UUID]:
    """Log, count and keep a refused body as a refused event of each project; answers the events.

    The same body again is kept as a duplicate. Where no project is known there is nobody to whom it
    may be shown: then the log alone keeps its beginning.
    """
    digest = sha256(body).hexdigest()
    text = redact(storable(body[:_READ].decode("utf-8", "replace"))).text[:_KEPT]
    projects = sorted(set(project_ids))
    kept = [
        _insert(_event(project_id, channel_type, digest, text, body, reason, errors))
        for project_id in projects
    ]
    for project_id in projects or [""]:
        counters.add("awooop_ingested", 1, kind="alert_refused", project_id=project_id)
    log.warning(
        "webhook_refused",
        channel_type=channel_type,
        caller=by.ident,
        projects=projects,
        reason=reason,
        errors=list(errors),
        body_sha256=digest,
        body=None if projects else text[:_PREVIEW],
    )
    return kept


def _event(
    project_id: str,
    channel_type: str,
    digest: str,
    text: str,
    body: bytes,
    reason: str,
    errors: Sequence[dict[str, str]],
) -> ChannelEvent:
    envelope: dict[str, Any] = {
        "refused": {"reason": storable(redact(reason).text), "errors": _storable(errors)},
        "body_bytes": len(body),
        "body_sha256": digest,
    }
    return ChannelEvent(
        project_id=project_id,
        channel_type=channel_type,
        provider_event_id=f"refused:{digest}",
        content_preview=text[:_PREVIEW],
        content_redacted=text,
        is_refused=True,
        received_at=now(),
        source_envelope=envelope,
    )


def _storable(errors: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    return [{name: storable(redact(text).text) for name, text in row.items()} for row in errors]


def _insert(event: ChannelEvent) -> UUID:
    if not bulk.insert_new([event]):
        event.is_duplicate = True
        bulk.insert_new([event])
    return event.event_id
