"""What is on record about incidents, for many at once: the latest of each kind, bounded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model

from runs.models import Approval, Evidence, Execution, Incident, Run, Step

PER_INCIDENT = 5
STEPS_PER_RUN = 12
_LATEST = """
select latest.pk from unnest(%s::text[]) as one(incident_id) cross join lateral (
  select {pk} as pk from {table} where project_id = %s and incident_id = one.incident_id
   order by {time} desc, {pk} desc limit %s) latest
"""
_RUNS = """
select one.incident_id, latest.run_id from unnest(%s::text[]) as one(incident_id)
cross join lateral (
  select linked.run_id from runs_runincident linked
   where linked.project_id = %s and linked.incident_id = one.incident_id
   order by linked.run_id limit 200) latest
"""
_STEPS = """
select latest.step_id from unnest(%s::uuid[]) as one(run_id) cross join lateral (
  select step_id from runs_step where run_id = one.run_id and project_id = %s
   order by created_at desc, step_id desc limit %s) latest
"""


@dataclass
class Facts:
    """What is known about one incident, oldest first."""

    runs: list[Run] = field(default_factory=list)
    steps: dict[UUID, list[Step]] = field(default_factory=dict)
    approvals: list[Approval] = field(default_factory=list)
    executions: list[Execution] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)


def of_incidents(incidents: Sequence[Incident]) -> dict[str, Facts]:
    """Answer the facts of incidents of one project, in a fixed number of statements."""
    facts = {incident.pk: Facts() for incident in incidents}
    if not facts:
        return facts
    project_id, ids = incidents[0].project_id, list(facts)
    for row in _latest(Approval, project_id, ids, "requested_at").prefetch_related("votes"):
        facts[row.incident_id].approvals.append(row)
    for row in _latest(Execution, project_id, ids, "created_at").select_related("playbook"):
        facts[row.incident_id].executions.append(row)
    for row in _latest(Evidence, project_id, ids, "collected_at"):
        facts[row.incident_id].evidence.append(row)
    _add_runs(facts, project_id, ids)
    return facts


def _latest(model: type[Model], project_id: str, ids: list[str], time: str) -> Any:
    meta = model._meta
    statement = _LATEST.format(pk=meta.pk.column, table=meta.db_table, time=time)
    keys = _column(statement, [ids, project_id, PER_INCIDENT])
    return model.objects.filter(pk__in=keys, project_id=project_id).order_by(time, "pk")


def _add_runs(facts: dict[str, Facts], project_id: str, ids: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_RUNS, [ids, project_id])
        links = cursor.fetchall()
    rows = Run.objects.filter(project_id=project_id, pk__in={run_id for _, run_id in links})
    runs = {run.pk: run for run in rows}
    by_incident: dict[str, list[Run]] = defaultdict(list)
    for incident_id, run_id in links:
        by_incident[incident_id].append(runs[run_id])
    for incident_id, found in by_incident.items():
        found.sort(key=lambda run: (run.created_at, run.pk))
        facts[incident_id].runs = found[-PER_INCIDENT:]
    _add_steps(facts, project_id)


def _add_steps(facts: dict[str, Facts], project_id: str) -> None:
    shown = sorted({run.pk for each in facts.values() for run in each.runs})
    keys = _column(_STEPS, [shown, project_id, STEPS_PER_RUN])
    steps: dict[UUID, list[Step]] = defaultdict(list)
    rows = Step.objects.filter(project_id=project_id, pk__in=keys)
    for step in rows.order_by("created_at", "pk"):
        steps[step.run_id].append(step)
    for each in facts.values():
        each.steps = {run.pk: steps[run.pk] for run in each.runs}


def _column(statement: str, params: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [row[0] for row in cursor.fetchall()]
