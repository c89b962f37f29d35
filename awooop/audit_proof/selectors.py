"""Reads of anchors and of the records that a proof is about."""

from __future__ import annotations

from collections.abc import Sequence

from awooop.audit import Mark
from awooop.audit_proof import documents
from awooop.models import AuditAnchor, AuditHead


def last_anchor(project_id: str, *, until: int | None = None) -> AuditAnchor | None:
    """Answer a project's last anchor, or its last one up to a sequence number."""
    rows = AuditAnchor.objects.filter(project_id=project_id)
    if until is not None:
        rows = rows.filter(seq__lte=until)
    return rows.order_by("-number").first()


def next_anchor(project_id: str, seq: int) -> AuditAnchor | None:
    """Answer a project's first anchor that covers a record."""
    rows = AuditAnchor.objects.filter(project_id=project_id, seq__gte=seq)
    return rows.order_by("number").first()


def marks(project_id: str) -> list[Mark]:
    """Answer what the project's own anchors ask of its chain."""
    rows = AuditAnchor.objects.filter(project_id=project_id).order_by("number")
    return documents.marks(documents.document(row) for row in rows)


def between(project_id: str, first: int, last: int) -> list[AuditAnchor]:
    """Answer the anchors that lie within these records, in order."""
    rows = AuditAnchor.objects.filter(project_id=project_id, seq__gte=first, seq__lte=last)
    return list(rows.order_by("number"))


def latest(projects: Sequence[str]) -> list[AuditAnchor]:
    """Answer the last anchor of each project that has one."""
    rows = AuditAnchor.objects.filter(project_id__in=projects)
    return list(rows.order_by("project_id", "-number").distinct("project_id"))


def unanchored(projects: Sequence[str]) -> dict[str, int]:
    """Answer how many records of each project no anchor covers yet."""
    covered = {anchor.project_id: anchor.seq for anchor in latest(projects)}
    heads = AuditHead.objects.filter(project_id__in=projects).values_list("project_id", "seq")
    return {project: seq - covered.get(project, 0) for project, seq in heads}
