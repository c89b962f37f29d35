"""The stored measurements: made by the cluster each minute, served while they are fresh."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson
import structlog
from django.db import transaction

from awooop import tenancy
from awooop.clock import now
from awooop.models import Project
from awooop.rest import dumps
from runs.models import TruthChainSummary
from runs.truth_chain import summary

FRESH = timedelta(seconds=60)
# Rung twice within so many seconds, the cluster measures once.
_JUST_NOW = timedelta(seconds=20)
log = structlog.get_logger(__name__)


def get(
    projects: Sequence[str], *, limit: int = summary.LIMIT, refresh: bool = False
) -> dict[str, Any]:
    """Answer the stored summary while it is fresh, else one measured now; it is not stored here,
    for reading never writes. Only one project's is stored, not that of several together."""
    row = None if refresh or len(projects) != 1 else _stored(projects[0], limit)
    if row is not None and now() - row.generated_at <= FRESH:
        return {**row.body, "cached": True}
    return summary.measure(projects, limit)


def _stored(project_id: str, limit: int) -> TruthChainSummary | None:
    rows = TruthChainSummary.objects.filter(project_id=project_id, limit=limit, success=True)
    return rows.first()


def measure_all() -> dict[str, int]:
    """Measure and store every active project that was not measured just now.

    Each is a transaction of its own: one that fails is logged, stored as failed, and passed over.
    """
    measured = {"measured": 0, "failed": 0}
    with tenancy.all_projects() as projects:
        wanted = _due(projects)
    for project_id in wanted:
        measured["measured" if _measure(project_id) else "failed"] += 1
    return measured


def _due(projects: tuple[str, ...]) -> list[str]:
    active = Project.objects.filter(project_id__in=projects, is_active=True)
    fresh = TruthChainSummary.objects.filter(
        project_id__in=projects,
        limit=summary.LIMIT,
        success=True,
        generated_at__gt=now() - _JUST_NOW,
    )
    found = active.exclude(project_id__in=fresh.values("project_id")).order_by("project_id")
    return list(found.values_list("project_id", flat=True))


def _measure(project_id: str) -> bool:
    clock = time.perf_counter()
    try:
        with transaction.atomic(), tenancy.scope([project_id]):
            measured = summary.measure([project_id])
            _store(project_id, success=True, duration_ms=measured["duration_ms"], body=measured)
    except Exception as error:
        log.exception("truth_chain_summary_failed", project_id=project_id)
        taken = (time.perf_counter() - clock) * 1000
        with transaction.atomic(), tenancy.scope([project_id]):
            why = f"{type(error).__name__}: {error}"[:300]
            _store(project_id, success=False, duration_ms=taken, error=why)
        return False
    return True


def _store(
    project_id: str,
    *,
    success: bool,
    duration_ms: float,
    body: dict[str, Any] | None = None,
    error: str = "",
) -> None:
    TruthChainSummary.objects.update_or_create(
        project_id=project_id,
        limit=summary.LIMIT,
        success=success,
        defaults={
            "generated_at": now(),
            "duration_ms": duration_ms,
            "body": orjson.loads(dumps(body or {})),
            "error": error,
        },
    )
