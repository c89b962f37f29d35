"""Rows that SLIs are worked out from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from awooop import tenancy
from awooop.clock import now
from governance.models import SloDefinition
from governance.slo import evaluation
from governance.slo.verdicts import Verdict
from runs.models import Evidence, Execution

INCIDENT = "INC-20260101-0001"


def executions(
    *rows: tuple[bool, bool, str | None],
    project: str = "awoooi",
    age: timedelta = timedelta(hours=1),
) -> None:
    """Write executions as (success, human_approved, predicted_confidence)."""
    with tenancy.scope([project]):
        Execution.objects.bulk_create(
            Execution(
                project_id=project,
                incident_id=INCIDENT,
                success=success,
                human_approved=approved,
                predicted_confidence=None if confidence is None else Decimal(confidence),
                created_at=now() - age,
            )
            for success, approved, confidence in rows
        )


def evidence(
    *results: str | None, project: str = "awoooi", age: timedelta = timedelta(hours=1)
) -> None:
    """Write verifications with these results."""
    with tenancy.scope([project]):
        Evidence.objects.bulk_create(
            Evidence(
                project_id=project,
                incident_id=INCIDENT,
                verification_result=result,
                collected_at=now() - age,
            )
            for result in results
        )


def definition(name: str, project: str | None = None, **values: object) -> SloDefinition:
    """Write a definition, for a project or for all."""
    given = {"query": "x", "direction": "above", "target": "0.9", "hard_red_line": "0.5"} | values
    with tenancy.registry():
        return SloDefinition.objects.create(name=name, project_id=project, **given)


def evaluate(projects: Sequence[str] = ("awoooi",), project: str = "awoooi") -> dict[str, Verdict]:
    """Evaluate projects; answers the verdicts on one of them, by name."""
    with tenancy.scope(projects):
        found = evaluation.evaluate(tuple(projects), now())
    return {verdict["name"]: verdict for verdict in found[project]}
