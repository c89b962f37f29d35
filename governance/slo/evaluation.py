"""Evaluate the SLOs of many projects at once, and keep a sample of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings

from governance.models import SloSample
from governance.slo import database, definitions, readings, scraped, verdicts
from governance.slo.verdicts import Verdict

Evaluations = dict[str, list[Verdict]]


def source() -> str:
    """Answer where SLIs come from here: `prometheus`, or `database` where none is configured."""
    return readings.PROMETHEUS if settings.PROMETHEUS_URL else readings.DATABASE


def evaluate(projects: Sequence[str], at: datetime) -> Evaluations:
    """Answer the verdict on each project's SLOs; the number of statements does not grow with
    projects."""
    wanted = definitions.in_force(projects)
    found = scraped.read(wanted) if settings.PROMETHEUS_URL else database.read(wanted, at)
    return {
        project: [verdicts.judge(slo, found[project, slo.name]) for slo in some]
        for project, some in wanted.items()
    }


def keep(evaluations: Mapping[str, Sequence[Verdict]], at: datetime) -> None:
    """Keep one sample of each verdict, with one statement."""
    SloSample.objects.bulk_create(
        SloSample(
            project_id=project,
            slo=verdict["name"],
            status=verdict["status"],
            reason=verdict["reason"] or "",
            value=verdict["value"],
            evaluated_at=at,
        )
        for project, some in evaluations.items()
        for verdict in some
    )
