"""What is on record about incidents, for many at once: the latest of each kind, bounded.

Read as plain tuples of what a draft tells: a sweep reads some ten rows for each of its incidents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from runs.models import Incident

PER_INCIDENT = 5
STEPS_PER_RUN = 12
_LATEST = """
select one.incident_id, latest.* from unnest(%s::text[]) as one(incident_id) cross join lateral (
  select {columns} from {table} where project_id = %s and incident_id = one.incident_id
   order by {time} desc, id desc limit %s) latest
 order by latest.{time}, latest.id
"""
_APPROVALS = _LATEST.format(
    table="runs_approval",
    time="requested_at",
    columns="id, requested_at, tool_name, suggested_action, risk_level, status, expires_at",
)
_EXECUTIONS = _LATEST.format(
    table="runs_execution",
    time="created_at",
    columns="id, created_at, playbook_id, success, human_approved, error_message",
)
_EVIDENCE = _LATEST.format(
    table="runs_evidence", time="collected_at", columns="id, collected_at, verification_result"
)
_PLAYBOOKS = """
select playbook_id, name from runs_playbook where project_id = %s and playbook_id = any(%s)
"""
_VOTES = """
select approval_id, approver_label, decision, reason from runs_approvalvote
 where project_id = %s and approval_id = any(%s) order by created_at, id
"""
_RUNS = """
select one.incident_id, run.run_id, run.created_at, run.agent_id, run.state, run.error_code,
       run.error_detail
  from unnest(%s::text[]) as one(incident_id) cross join lateral (
    select linked.run_id from runs_runincident linked
     where linked.project_id = %s and linked.incident_id = one.incident_id
     order by linked.run_id limit 200) latest
  join runs_run run on run.run_id = latest.run_id and run.project_id = %s
 order by run.created_at, run.run_id
"""
_STEPS = """
select one.run_id, latest.* from unnest(%s::uuid[]) as one(run_id) cross join lateral (
  select step_id, created_at, tool_name, result_status, summary, was_blocked, block_reason
    from runs_step where run_id = one.run_id and project_id = %s
   order by created_at desc, step_id desc limit %s) latest
 order by latest.created_at, latest.step_id
"""


class RunFact(NamedTuple):
    """A run of the incident."""

    incident_id: str
    run_id: UUID
    created_at: datetime
    agent_id: str
    state: str
    error_code: str | None
    error_detail: str | None


class StepFact(NamedTuple):
    """A step of such a run."""

    run_id: UUID
    step_id: UUID
    created_at: datetime
    tool_name: str
    result_status: str
    summary: str
    was_blocked: bool
    block_reason: str | None


class VoteFact(NamedTuple):
    """A person's vote on an approval."""

    approval_id: UUID
    approver_label: str
    decision: str
    reason: str


class ApprovalFact(NamedTuple):
    """A decision that was asked for."""

    incident_id: str
    id: UUID
    requested_at: datetime
    tool_name: str
    suggested_action: str
    risk_level: str
    status: str
    expires_at: datetime | None


class ExecutionFact(NamedTuple):
    """A repair that was made."""

    incident_id: str
    id: UUID
    created_at: datetime
    playbook_id: UUID | None
    success: bool
    human_approved: bool
    error_message: str | None


class EvidenceFact(NamedTuple):
    """A look at what a repair did."""

    incident_id: str
    id: UUID
    collected_at: datetime
    verification_result: str | None


@dataclass
class Facts:
    """What is known about one incident, oldest first."""

    runs: list[RunFact] = field(default_factory=list)
    steps: dict[UUID, list[StepFact]] = field(default_factory=dict)
    approvals: list[ApprovalFact] = field(default_factory=list)
    votes: dict[UUID, list[VoteFact]] = field(default_factory=dict)
    executions: list[ExecutionFact] = field(default_factory=list)
    playbooks: dict[UUID, str] = field(default_factory=dict)
    evidence: list[EvidenceFact] = field(default_factory=list)


def of_incidents(incidents: Sequence[Incident]) -> dict[str, Facts]:
    """Answer the facts of incidents of one project, in a fixed number of statements."""
    facts = {incident.pk: Facts() for incident in incidents}
    if not facts:
        return facts
    project_id, ids = incidents[0].project_id, list(facts)
    latest = [ids, project_id, PER_INCIDENT]
    for approval in _read(_APPROVALS, latest, ApprovalFact):
        facts[approval.incident_id].approvals.append(approval)
    for execution in _read(_EXECUTIONS, latest, ExecutionFact):
        facts[execution.incident_id].executions.append(execution)
    for evidence in _read(_EVIDENCE, latest, EvidenceFact):
        facts[evidence.incident_id].evidence.append(evidence)
    for run in _read(_RUNS, [ids, project_id, project_id], RunFact):
        facts[run.incident_id].runs.append(run)
    for each in facts.values():
        del each.runs[:-PER_INCIDENT]
    _add_votes(facts.values(), project_id)
    _add_playbooks(facts.values(), project_id)
    _add_steps(facts.values(), project_id)
    return facts


def _add_votes(facts: Iterable[Facts], project_id: str) -> None:
    asked = [approval.id for each in facts for approval in each.approvals]
    votes: dict[UUID, list[VoteFact]] = defaultdict(list)
    for vote in _read(_VOTES, [project_id, asked], VoteFact) if asked else ():
        votes[vote.approval_id].append(vote)
    for each in facts:
        each.votes = {one.id: votes[one.id] for one in each.approvals if one.id in votes}


def _add_playbooks(facts: Iterable[Facts], project_id: str) -> None:
    asked = {one.playbook_id for each in facts for one in each.executions} - {None}
    names = dict(_rows(_PLAYBOOKS, [project_id, list(asked)])) if asked else {}
    for each in facts:
        used = {one.playbook_id for one in each.executions} & names.keys()
        each.playbooks = {playbook_id: names[playbook_id] for playbook_id in used}


def _add_steps(facts: Iterable[Facts], project_id: str) -> None:
    shown = list({run.run_id for each in facts for run in each.runs})
    steps: dict[UUID, list[StepFact]] = defaultdict(list)
    for step in _read(_STEPS, [shown, project_id, STEPS_PER_RUN], StepFact) if shown else ():
        steps[step.run_id].append(step)
    for each in facts:
        each.steps = {run.run_id: steps[run.run_id] for run in each.runs}


def _read(statement: str, params: list[Any], kind: Any) -> list[Any]:
    return [kind._make(row) for row in _rows(statement, params)]


def _rows(statement: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()
