"""What is known of earlier decisions like this one: the playbook's record, the tool's, the agent's.

A fixed number of statements for any number of approvals: each set is one lateral look-up by an
index, and none reads further back than is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from runs.models import Approval, Playbook

# How many outcomes are named, and over how many an agent's record is counted.
OUTCOMES, LATEST = 3, 100

_OF_PLAYBOOKS = """
select wanted.playbook_id, latest.*
from unnest(%s::text[], %s::uuid[]) as wanted(project_id, playbook_id)
cross join lateral (
  select execution.incident_id, execution.success, execution.created_at, (
    select evidence.verification_result from runs_evidence evidence
     where evidence.execution_id = execution.id and evidence.verification_result is not null
     order by evidence.collected_at desc limit 1) as verified
    from runs_execution execution
   where execution.playbook_id = wanted.playbook_id and execution.project_id = wanted.project_id
   order by execution.created_at desc, execution.id desc limit %s) latest
"""
_OF_TOOLS = """
select wanted.project_id, wanted.tool_name, latest.*
from unnest(%s::text[], %s::text[]) as wanted(project_id, tool_name)
cross join lateral (
  select approval.id, approval.run_id, approval.status, approval.resolved_at, (
    select execution.success from runs_execution execution
     where execution.run_id = approval.run_id
     order by execution.created_at desc limit 1) as success
    from runs_approval approval
   where approval.project_id = wanted.project_id and approval.tool_name = wanted.tool_name
     and approval.status <> 'pending'
   order by approval.requested_at desc, approval.id desc limit %s) latest
"""
_OF_AGENTS = """
select wanted.project_id, wanted.agent_id, latest.status, count(*)
from unnest(%s::text[], %s::text[]) as wanted(project_id, agent_id)
cross join lateral (
  select status from runs_approval approval
   where approval.project_id = wanted.project_id and approval.agent_id = wanted.agent_id
     and approval.status <> 'pending'
   order by approval.requested_at desc, approval.id desc limit %s) latest
group by 1, 2, 3
"""


@dataclass(frozen=True)
class Repair:
    """One execution of a playbook: whether it succeeded, and what the verification said."""

    incident_id: str
    success: bool
    created_at: datetime
    verified: str | None


@dataclass(frozen=True)
class Precedent:
    """An earlier request of the same tool: what was decided, and whether its repair succeeded."""

    approval_id: UUID
    run_id: UUID | None
    status: str
    resolved_at: datetime
    success: bool | None


@dataclass
class Record:
    """What is on record beside one approval; `agent` counts the latest hundred by their status."""

    playbook: Playbook | None = None
    repairs: list[Repair] = field(default_factory=list)
    precedents: list[Precedent] = field(default_factory=list)
    agent: dict[str, int] = field(default_factory=dict)

    @property
    def has_worked(self) -> bool:
        """Whether a repair like this is known to have succeeded, and none of those shown failed."""
        outcomes = [repair.success for repair in self.repairs]
        outcomes += [row.success for row in self.precedents if row.success is not None]
        return bool(outcomes) and all(outcomes)


def of(approvals: Sequence[Approval]) -> dict[UUID, Record]:
    """Answer the record beside each approval, by its id; their playbooks are read with them."""
    if not approvals:
        return {}
    repairs = _repairs({(one.project_id, one.playbook_id) for one in approvals if one.playbook_id})
    tools = _precedents({(one.project_id, one.tool_name) for one in approvals})
    agents = _agents({(one.project_id, one.agent_id) for one in approvals if one.agent_id})
    return {
        one.pk: Record(
            playbook=one.playbook,
            repairs=repairs[one.playbook_id],
            precedents=_others(tools[(one.project_id, one.tool_name)], one),
            agent=agents[(one.project_id, one.agent_id)],
        )
        for one in approvals
    }


def _others(rows: list[Precedent], approval: Approval) -> list[Precedent]:
    return [row for row in rows if row.approval_id != approval.pk]


def _repairs(keys: set[tuple[str, UUID]]) -> dict[UUID | None, list[Repair]]:
    found: dict[UUID | None, list[Repair]] = defaultdict(list)
    for playbook_id, *row in _rows(_OF_PLAYBOOKS, sorted(keys), OUTCOMES):
        found[playbook_id].append(Repair(*row))
    return found


def _precedents(keys: set[tuple[str, str]]) -> dict[tuple[str, str], list[Precedent]]:
    found: dict[tuple[str, str], list[Precedent]] = defaultdict(list)
    for project_id, tool_name, *row in _rows(_OF_TOOLS, sorted(keys), OUTCOMES):
        found[(project_id, tool_name)].append(Precedent(*row))
    return found


def _agents(keys: set[tuple[str, str]]) -> dict[tuple[str, str], dict[str, int]]:
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for project_id, agent_id, status, count in _rows(_OF_AGENTS, sorted(keys), LATEST):
        found[(project_id, agent_id)][status] = count
    return found


def _rows(statement: str, keys: Sequence[tuple[Any, Any]], at_most: int) -> list[tuple[Any, ...]]:
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, [[key[0] for key in keys], [key[1] for key in keys], at_most])
        return cursor.fetchall()
