"""Rows for the checks' tests, written in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from awooop import tenancy
from awooop.clock import now
from governance import thresholds
from governance.self_checks import Checked, Context, registered
from runs.models import Evidence, Execution, Playbook


def ask(name: str, *projects: str, may_write: bool = True) -> dict[str, Checked]:
    """Ask one check of the product about these projects (awoooi if none is named)."""
    projects = projects or ("awoooi",)
    (check,) = [one for one in registered() if one.name == name]
    with tenancy.scope(projects):
        return check.ask(Context(projects, now(), thresholds.read(projects), may_write))


def evidence(results: Sequence[str | None], project: str = "awoooi") -> None:
    """Write verifications, the first of them the newest."""
    at = now()
    with tenancy.scope([project]):
        Evidence.objects.bulk_create(
            Evidence(
                project_id=project,
                incident_id="INC-20260101-0001",
                verification_result=result,
                collected_at=at - timedelta(minutes=n),
            )
            for n, result in enumerate(results)
        )


def executions(
    successes: Sequence[bool], project: str = "awoooi", playbook: Playbook | None = None
) -> None:
    """Write executions, the first of them the newest."""
    at = now()
    with tenancy.scope([project]):
        Execution.objects.bulk_create(
            Execution(
                project_id=project,
                incident_id="INC-20260101-0001",
                success=success,
                playbook=playbook,
                created_at=at - timedelta(minutes=n),
            )
            for n, success in enumerate(successes)
        )


def playbook(name: str, trust: str, project: str = "awoooi", **values: Any) -> Playbook:
    """Write a playbook with this trust, used a day ago unless said otherwise."""
    values.setdefault("last_used_at", now() - timedelta(days=1))
    values.setdefault("status", "approved")
    with tenancy.scope([project]):
        return Playbook.objects.create(
            project_id=project, name=name, trust_score=Decimal(trust), **values
        )
