"""The latest evaluation of each SLO, and its samples of the last 30 days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from awooop import together
from awooop.clock import now
from awooop.together import Asking
from governance.slo import definitions, verdicts
from governance.slo.readings import NO_DATA
from governance.slo.verdicts import Verdict

InForce = Mapping[str, tuple[definitions.Slo, ...]]
DAYS = 30
# The self-check runs each hour: what is older than two was not renewed when it should have been.
STALE = timedelta(hours=2)
# One index probe for each project and SLO.
_LATEST = """
select wanted.project_id, wanted.slo, latest.status, latest.value, latest.reason,
       latest.evaluated_at
  from unnest(%(projects)s::text[], %(slos)s::text[]) as wanted(project_id, slo)
 cross join lateral (
   select sample.status, sample.value, sample.reason, sample.evaluated_at
     from governance_slosample sample
    where sample.project_id = wanted.project_id and sample.slo = wanted.slo
    order by sample.evaluated_at desc
    limit 1
 ) as latest
"""
# The last sample of each hour: an evaluation asked for by hand makes a chart no longer.
_HISTORY = """
select wanted.project_id, hourly.*
  from unnest(%(projects)s::text[]) as wanted(project_id)
 cross join lateral (
   select distinct on (slo, date_trunc('hour', evaluated_at, 'UTC'))
          slo, evaluated_at, status, value
     from governance_slosample
    where project_id = wanted.project_id and slo = any (%(slos)s) and evaluated_at > %(since)s
    order by slo, date_trunc('hour', evaluated_at, 'UTC'), evaluated_at desc) hourly
 order by wanted.project_id, hourly.slo, hourly.evaluated_at
"""
# The last sample of each day: one index probe for each project, SLO and day.
_DAILY = """
select wanted.project_id, wanted.slo, days.number, latest.status, latest.value
  from unnest(%(projects)s::text[], %(slos)s::text[]) as wanted(project_id, slo)
 cross join unnest(%(begins)s::timestamptz[], %(ends)s::timestamptz[])
       with ordinality as days(begins, ends, number)
 cross join lateral (
   select sample.status, sample.value
     from governance_slosample sample
    where sample.project_id = wanted.project_id and sample.slo = wanted.slo
      and sample.evaluated_at >= days.begins and sample.evaluated_at < days.ends
    order by sample.evaluated_at desc
    limit 1
 ) as latest
"""


@dataclass(frozen=True)
class Point:
    """One sample; `value` is None where nothing was measured, which is never drawn as a number."""

    evaluated_at: datetime
    status: str
    value: float | None


@dataclass(frozen=True)
class Evaluation:
    """One project's SLOs as they were evaluated last; `verdicts` carry `evaluated_at` too.

    `is_stale` where the self-check has not evaluated them for more than two hours, or never.
    """

    project_id: str
    verdicts: list[Verdict]
    evaluated_at: datetime | None
    is_stale: bool
    meta: dict[str, Any] = field(default_factory=dict)


def latest(projects: Sequence[str]) -> dict[str, Evaluation]:
    """Answer the latest evaluation of the SLOs in force, with two statements for all projects.

    An SLO that was never evaluated is skipped for want of data.
    """
    return together.answer(asking_latest(projects))


def asking_latest(projects: Sequence[str]) -> Asking[dict[str, Evaluation]]:
    """Ask what `latest` answers."""
    in_force = definitions.in_force(projects)
    (evaluations,) = yield (_evaluations(in_force),)
    return evaluations


def history(project_id: str, *, days: int = DAYS) -> dict[str, list[Point]]:
    """Answer each SLO's samples of the last days, oldest first, at most one an hour."""
    in_force = definitions.in_force([project_id])
    return together.read(_histories(in_force, days))[0][project_id]


def boards(projects: Sequence[str]) -> list[tuple[Evaluation, dict[str, list[Point]]]]:
    """Answer the latest evaluation and the samples of each project's SLOs."""
    in_force = definitions.in_force(projects)
    evaluations, points = together.read(_evaluations(in_force), _histories(in_force, DAYS))
    return [(evaluations[project], points[project]) for project in in_force]


def _histories(in_force: InForce, days: int) -> together.Read:
    params = {
        "projects": list(in_force),
        "slos": sorted({slo.name for some in in_force.values() for slo in some}),
        "since": now() - timedelta(days=days),
    }

    def by_project(rows: Sequence[together.Row]) -> dict[str, dict[str, list[Point]]]:
        found: dict[str, dict[str, list[Point]]] = {
            project: {slo.name: [] for slo in some} for project, some in in_force.items()
        }
        for project, name, evaluated_at, status, value in rows:
            if name in found[project]:  # another project's own
                found[project][name].append(Point(evaluated_at, status, value))
        return found

    return together.tuples(_HISTORY, params).then(by_project)


@dataclass(frozen=True)
class Daily:
    """How one SLO of a project stood at the end of each day; None where nobody looked."""

    project_id: str
    slo: definitions.Slo
    states: list[str | None]
    values: list[float | None]


def daily(projects: Sequence[str], days: Mapping[str, Any]) -> list[Daily]:
    """Answer the SLOs in force with their last sample of each day (`begins` and `ends`), with two
    statements for all projects."""
    in_force = definitions.in_force(projects)
    size = len(days["begins"])
    found = {
        (project, slo.name): Daily(project, slo, [None] * size, [None] * size)
        for project, some in in_force.items()
        for slo in some
    }
    params = {
        "projects": [project for project, _ in found],
        "slos": [name for _, name in found],
        "begins": days["begins"],
        "ends": days["ends"],
    }
    with connection.cursor() as cursor:
        cursor.execute(_DAILY, params)
        for project, name, number, status, value in cursor.fetchall():
            one = found[project, name]
            one.states[number - 1] = status
            one.values[number - 1] = value
    return list(found.values())


def _evaluations(in_force: InForce) -> together.Read:
    pairs = [(project, slo.name) for project, some in in_force.items() for slo in some]
    params = {"projects": [one for one, _ in pairs], "slos": [name for _, name in pairs]}

    def by_project(rows: Sequence[together.Row]) -> dict[str, Evaluation]:
        stored = {(row[0], row[1]): row[2:] for row in rows}
        return {project: _evaluation(project, some, stored) for project, some in in_force.items()}

    return together.tuples(_LATEST, params).then(by_project)


def _evaluation(
    project: str, slos: Sequence[definitions.Slo], stored: dict[tuple[str, str], tuple]
) -> Evaluation:
    found = [_verdict(slo, stored.get((project, slo.name))) for slo in slos]
    moments = [one["evaluated_at"] for one in found if one["evaluated_at"]]
    newest = max(moments, default=None)
    return Evaluation(
        project_id=project,
        verdicts=found,
        evaluated_at=newest,
        is_stale=newest is None or now() - newest > STALE,
        meta=verdicts.summary({one["name"]: one for one in found}),
    )


def _verdict(slo: definitions.Slo, row: tuple | None) -> Verdict:
    status, value, reason, evaluated_at = row or ("skipped", None, NO_DATA, None)
    verdict = verdicts.described(slo, status=status, value=value, reason=reason)
    return {**verdict, "evaluated_at": evaluated_at}
