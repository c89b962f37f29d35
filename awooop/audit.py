"""The audit chain: how a record is hashed, and how a chain is walked.

Each project's records form a chain: every record's hash is an HMAC over all its fields and its
predecessor's hash. Who cannot read the key can neither alter a record nor forge a chain. A second
chain of plain SHA-256 digests runs over the same records (`leaf`, `chained`): anchors sign it, and
a stranger without the key can follow it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from awooop import audit_keys
from awooop.canonical import canonical_json, keyed_digest
from awooop.models import AuditHead, AuditRecord

GENESIS = "0" * 64
# A rolling restart: so long records of a replaced key may still come in between.
KEY_OVERLAP = timedelta(hours=1)
FIELDS = (
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


@dataclass(frozen=True)
class Mark:
    """What an earlier look said of a chain: record `seq` had this hash, and so far this digest.

    An empty digest was not noted. `fault` says what is wrong with the mark itself; it is told where
    the chain does not contradict it earlier.
    """

    seq: int
    hash: str
    digest: str = ""
    name: str = "the anchor"
    fault: str = ""


@dataclass
class Walk:
    """Where a walk along a chain stands: after record `seq`."""

    seq: int = 0
    hash: str = GENESIS
    digest: str = GENESIS
    rank: int | None = None
    rank_since: datetime | None = None

    def step(self, record: AuditRecord) -> str:
        """Go on to the next record; answers what is wrong with it, or an empty text."""
        reason = _fault(record, self)
        if not reason:
            self.seq, self.hash = record.seq, record.hash
            self.digest = chained(self.digest, leaf(record))
        return reason


def key_id() -> str:
    """Answer the short name of the key in use, which each record carries."""
    return audit_keys.current().chain_id


def hash_of(record: AuditRecord, key: bytes | None = None) -> str:
    """Answer the keyed hash over all fields of a record and its predecessor's hash."""
    chain = audit_keys.current().chain if key is None else key
    return keyed_digest(chain, {name: getattr(record, name) for name in FIELDS})


def plain(record: AuditRecord) -> dict[str, Any]:
    """Answer a record as it is exported: every field, and its keyed hash."""
    return {name: getattr(record, name) for name in (*FIELDS, "hash")}


def leaf(record: AuditRecord) -> str:
    """Answer the plain SHA-256 of a record as it is exported; its keyed hash blinds it."""
    return hashlib.sha256(canonical_json(plain(record)).encode()).hexdigest()


def chained(digest: str, leaf_digest: str) -> str:
    """Answer the running digest after one more record."""
    return hashlib.sha256(f"{digest}{leaf_digest}".encode()).hexdigest()


def verify(
    project_id: str, *, tell: Callable[[int], None] | None = None, marks: Iterable[Mark] = ()
) -> Verification:
    """Walk one project's chain in order and name the first broken link; reads in batches.

    `tell` is called with the sequence number each 10,000 records. Of `marks`, each must be met.
    """
    head = head_of(project_id)
    left = sorted(marks, key=lambda mark: mark.seq)
    walk = Walk()
    for record in records(project_id):
        if tell and (walk.seq + 1) % 10_000 == 0:
            tell(walk.seq + 1)
        reason = walk.step(record)
        if reason:
            return Verification(project_id, walk.seq, walk.seq + 1, reason)
        while left and left[0].seq <= walk.seq:
            mark = left.pop(0)
            reason = _not_met(mark, walk)
            if reason:
                return Verification(project_id, walk.seq, walk.seq, reason)
    return _ended(project_id, walk, head, left)


def _ended(project_id: str, walk: Walk, head: AuditHead | None, left: list[Mark]) -> Verification:
    count = walk.seq
    if head is None or count == 0:
        # A project's making is its first record, so an empty chain was emptied.
        what = "the head is missing" if count else "the chain is empty"
        return Verification(project_id, count, 1, what)
    if (head.seq, head.hash) != (count, walk.hash):
        reason = f"the head says {head.seq} records, there are {count}: the end was cut or altered"
        return Verification(project_id, count, count + 1, reason)
    if left:
        # The first record that is missing is `count + 1`; the first that somebody vouches for:
        reason = f"{left[0].name} saw it, there are {count} records: the end was cut"
        return Verification(project_id, count, left[0].seq, reason)
    return Verification(project_id, count)


def head_of(project_id: str) -> AuditHead | None:
    """Answer the chain's head: its sequence number and hash are the anchor to be kept elsewhere."""
    return AuditHead.objects.filter(project_id=project_id).first()


def records(project_id: str, *, after: int = 0, until: int | None = None) -> Iterator[AuditRecord]:
    """Read the records after a sequence number, in order and in batches; `until` is the last."""
    seen = after
    while True:
        rows = AuditRecord.objects.filter(project_id=project_id, seq__gt=seen)
        if until is not None:
            rows = rows.filter(seq__lte=until)
        batch = list(rows.order_by("seq")[:1000])
        yield from batch
        if len(batch) < 1000:
            return
        seen = batch[-1].seq


def _not_met(mark: Mark, walk: Walk) -> str:
    if mark.seq == walk.seq and mark.hash == walk.hash and mark.digest in ("", walk.digest):
        return mark.fault
    return f"{mark.name} says otherwise of record {mark.seq}: it is gone or another"


def _fault(record: AuditRecord, walk: Walk) -> str:
    if record.seq != walk.seq + 1:
        return f"record {walk.seq + 1} is missing"
    if record.prev_hash != walk.hash:
        return "it does not follow its predecessor"
    key = audit_keys.by_chain_id().get(record.key_id)
    if key is None:
        return f"it was made with another key ({record.key_id})"
    if not hmac.compare_digest(record.hash, hash_of(record, key.chain)):
        return "its content does not match its hash"
    return _key_fault(record, key, walk)


def _key_fault(record: AuditRecord, key: audit_keys.AuditKey, walk: Walk) -> str:
    """A key that was replaced signs nothing any more, but for a rolling restart's while."""
    if walk.rank is None or key.rank < walk.rank:
        walk.rank, walk.rank_since = key.rank, record.created_at
    elif key.rank > walk.rank and record.created_at > walk.rank_since + KEY_OVERLAP:
        return f"it was made with a key that had been replaced ({record.key_id})"
    return ""
