"""The audit chain: how a record is hashed, and how a chain is walked.

Each project's records form a chain: every record's hash is an HMAC over all its fields and its
predecessor's hash. Who cannot read the key can neither alter a record nor forge a chain.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings

from awooop.canonical import keyed_digest
from awooop.models import AuditHead, AuditRecord

GENESIS = "0" * 64
_FIELDS = (
    "project_id",
    "seq",
    "action",
    "resource_type",
    "resource_id",
    "actor",
    "actor_kind",
    "details",
    "run_id",
    "request_id",
    "created_at",
    "key_id",
    "prev_hash",
)


@dataclass(frozen=True)
class Verification:
    """What walking one chain found: `broken_at` is the first bad sequence number, or None."""

    project_id: str
    records: int
    broken_at: int | None = None
    reason: str = ""


@lru_cache(maxsize=4)
def _key(secret: str) -> tuple[bytes, str]:
    key = hmac.new(secret.encode(), b"awooop audit chain", hashlib.sha256).digest()
    return key, hashlib.sha256(key).hexdigest()[:16]


def key_id() -> str:
    """Answer the short name of the key in use, which each record carries."""
    return _key(settings.AUDIT_SECRET)[1]


def hash_of(record: AuditRecord) -> str:
    """Answer the keyed hash over all fields of a record and its predecessor's hash."""
    key, _ = _key(settings.AUDIT_SECRET)
    return keyed_digest(key, {name: getattr(record, name) for name in _FIELDS})


def verify(project_id: str, *, tell: Callable[[int], None] | None = None) -> Verification:
    """Walk one project's chain in order and name the first broken link; reads in batches.

    `tell` is called with the sequence number each 10,000 records.
    """
    head = head_of(project_id)
    expected_seq, previous = 1, GENESIS
    for record in _walk(project_id):
        if tell and expected_seq % 10_000 == 0:
            tell(expected_seq)
        reason = _fault(record, expected_seq, previous)
        if reason:
            return Verification(project_id, expected_seq - 1, expected_seq, reason)
        expected_seq, previous = expected_seq + 1, record.hash
    count = expected_seq - 1
    if head is None or count == 0:
        # A project's making is its first record, so an empty chain was emptied.
        what = "the head is missing" if count else "the chain is empty"
        return Verification(project_id, count, 1, what)
    if (head.seq, head.hash) != (count, previous):
        reason = f"the head says {head.seq} records, there are {count}: the end was cut or altered"
        return Verification(project_id, count, count + 1, reason)
    return Verification(project_id, count)


def head_of(project_id: str) -> AuditHead | None:
    """Answer the chain's head: its sequence number and hash are the anchor to be kept elsewhere."""
    return AuditHead.objects.filter(project_id=project_id).first()


def holds(project_id: str, anchor: Mapping[str, Any]) -> bool:
    """Whether the chain still holds the record that an earlier head (`seq`, `hash`) named."""
    same = {"seq": anchor["seq"], "hash": anchor["hash"]}
    return not same["seq"] or AuditRecord.objects.filter(project_id=project_id, **same).exists()


def _walk(project_id: str) -> Iterator[AuditRecord]:
    seen = 0
    while True:
        batch = list(
            AuditRecord.objects.filter(project_id=project_id, seq__gt=seen).order_by("seq")[:1000]
        )
        yield from batch
        if len(batch) < 1000:
            return
        seen = batch[-1].seq


def _fault(record: AuditRecord, expected_seq: int, previous: str) -> str:
    if record.seq != expected_seq:
        return f"record {expected_seq} is missing"
    if record.prev_hash != previous:
        return "it does not follow its predecessor"
    if record.key_id != key_id():
        return f"it was made with another key ({record.key_id})"
    if not hmac.compare_digest(record.hash, hash_of(record)):
        return "its content does not match its hash"
    return ""
