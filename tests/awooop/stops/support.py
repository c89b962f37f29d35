"""Stops, made by the action."""

from __future__ import annotations

from typing import Any

from awooop import callers, tenancy
from awooop.actions import stops
from awooop.models import AuditRecord, Stop

BY = callers.system("tests", ["awoooi"])
EVERY = callers.system("tests", ["awoooi", "other"])


def place(project_id: str | None = "awoooi", reason: str = "It deletes what it should not",
          **target: Any) -> Stop:  # fmt: skip
    """Place a stop; `by` is who does (a system that sees both projects, for every project)."""
    by = target.pop("by", BY if project_id else EVERY)
    return stops.place(by=by, target=stops.Target(project_id, **target), reason=reason)


def lift(stop: Stop, reason: str = "Mended", by: Any = None) -> Stop:
    """Lift a stop."""
    by = by or (BY if stop.project_id else EVERY)
    return stops.lift(by=by, stop_id=stop.pk, reason=reason)


def audited(action: str, project_id: str = "awoooi") -> list[AuditRecord]:
    """Answer a project's audit records of an action, oldest first."""
    with tenancy.scope([project_id]):
        rows = AuditRecord.objects.filter(project_id=project_id, action=action)
        return list(rows.order_by("seq"))
