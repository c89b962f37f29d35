"""Anchor an audit chain: state, signed, where it stands."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from awooop import audit
from awooop.audit_proof import documents, selectors
from awooop.clock import now
from awooop.errors import Conflict
from awooop.models import AuditAnchor, AuditHead

# So many records are walked at most for one anchor; the next one goes on from there.
AT_MOST = 100_000


@transaction.atomic
def anchor(project_id: str, *, older_than: timedelta = timedelta(0)) -> AuditAnchor | None:
    """Anchor a project's chain where it has grown since its last anchor; None where it has not.

    The records since then are checked first: raises Conflict `chain_broken`, and anchors nothing,
    where one of them is not as it was written. With `older_than` a younger last anchor is enough.
    Of two at once one anchors.
    """
    last = selectors.last_anchor(project_id)
    at = now()
    head = AuditHead.objects.filter(project_id=project_id).first()
    if head is None or (last and (head.seq == last.seq or at - last.anchored_at < older_than)):
        return None
    walk = audit.Walk(last.seq, last.hash, last.digest) if last else audit.Walk()
    _walk_on(project_id, walk, head)
    made = AuditAnchor(
        project_id=project_id,
        number=last.number + 1 if last else 1,
        seq=walk.seq,
        hash=walk.hash,
        digest=walk.digest,
        previous=documents.fingerprint_of(last),
        anchored_at=at,
    )
    documents.sign(made)
    AuditAnchor.objects.bulk_create([made], ignore_conflicts=True)
    kept = AuditAnchor.objects.get(project_id=project_id, number=made.number)
    return kept if kept.signature == made.signature else None


def _walk_on(project_id: str, walk: audit.Walk, head: AuditHead) -> None:
    until = min(head.seq, walk.seq + AT_MOST)
    for record in audit.records(project_id, after=walk.seq, until=until):
        reason = walk.step(record)
        if reason:
            raise _broken(project_id, walk.seq + 1, reason)
    if walk.seq != until or (until == head.seq and walk.hash != head.hash):
        raise _broken(project_id, walk.seq + 1, "the end was cut or altered")


def _broken(project_id: str, seq: int, reason: str) -> Conflict:
    return Conflict(
        f"The audit chain of {project_id} is broken at record {seq}: {reason}. It is not anchored.",
        code="chain_broken",
    )
