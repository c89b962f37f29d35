"""What is known of earlier decisions like this one: the playbook's record, the tool's, the agent's.

One statement for any number of approvals: each set is one lateral look-up by an
index, and none reads further back than is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from awooop import together
from awooop.together import Read, Row
from runs.models import Approval, Playbook

# How many outcomes are named, and over how many an agent's record is counted.
OUTCOMES, LATEST = 3, 100

# In one statement: the latest requests of tools and repairs of playbooks one by one, the requests
# of agents counted by status.
_BEFORE = """
select 'tool', wanted.project_id, wanted.name, latest.status, 1, latest.resolved_at,
  latest.success, latest.id, latest.run_id, null
from unnest(%s::text[], %s::text[]) as wanted(project_id, name)
cross join lateral (
  select approval.id, approval.run_id, approval.status, approval.resolved_at, (
    select execution.success from runs_execution execution
     where execution.run_id = approval.run_id
     order by execution.created_at desc limit 1) as success
    from runs_approval approval
   where approval.project_id = wanted.project_id and approval.tool_name = wanted.name
     and approval.status <> 'pending'
   order by approval.requested_at desc, approval.id desc limit %s) latest
union all
select 'agent', wanted.project_id, wanted.name, latest.status, count(*), null, null, null, null,
  null
from unnest(%s::text[], %s::text[]) as wanted(project_id, name)
cross join lateral (
  select status from runs_approval approval
   where approval.project_id = wanted.project_id and approval.agent_id = wanted.name
     and approval.status <> 'pending'
   order by approval.requested_at desc, approval.id desc limit %s) latest
group by wanted.project_id, wanted.name, latest.status
union all
select 'playbook', wanted.project_id, wanted.name::text, latest.verified, 1, latest.created_at,
  latest.success, null, null, latest.incident_id
from unnest(%s::text[], %s::uuid[]) as wanted(project_id, name)
cross join lateral (
  select execution.incident_id, execution.success, execution.created_at, (
    select evidence.verification_result from runs_evidence evidence
     where evidence.execution_id = execution.id and evidence.verification_result is not null
     order by evidence.collected_at desc limit 1) as verified
    from runs_execution execution
   where execution.playbook_id = wanted.name and execution.project_id = wanted.project_id
   order by execution.created_at desc, execution.id desc limit %s) latest
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


def known_of(approvals: Sequence[Approval]) -> Read:
    """Ask for the record beside each approval, by its id; their playbooks are read with them."""
    if not approvals:
        return together.nothing({})
    given = [
        *_columns({(one.project_id, one.tool_name) for one in approvals}, OUTCOMES),
        *_columns({(one.project_id, one.agent_id) for one in approvals}, LATEST),
        *_columns({(one.project_id, one.playbook_id) for one in approvals}, OUTCOMES),
    ]
    return together.tuples(_BEFORE, given).then(lambda rows: _records(approvals, rows))


def _records(approvals: Sequence[Approval], rows: Sequence[Row]) -> dict[UUID, Record]:
    known = _Before.of(rows)
    return {
        one.pk: Record(
            playbook=one.playbook,
            repairs=known.playbooks[(one.project_id, str(one.playbook_id))],
            precedents=_others(known.tools[(one.project_id, one.tool_name)], one),
            agent=known.agents[(one.project_id, one.agent_id)],
        )
        for one in approvals
    }


Key = tuple[str, str]


@dataclass
class _Before:
    """What was found, by project and name: tools and playbooks newest first, agents' counts."""

    tools: dict[Key, list[Precedent]] = field(default_factory=lambda: defaultdict(list))
    playbooks: dict[Key, list[Repair]] = field(default_factory=lambda: defaultdict(list))
    agents: dict[Key, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def of(cls, rows: Sequence[Row]) -> _Before:
        """Answer the rows of the statement, sorted out."""
        found = cls()
        for row in rows:
            found._take(*row)
        for rows in found.tools.values():
            rows.sort(key=lambda row: row.resolved_at, reverse=True)
        for repairs in found.playbooks.values():
            repairs.sort(key=lambda row: row.created_at, reverse=True)
        return found

    def _take(
        self,
        kind: str,
        project_id: str,
        name: str,
        status: str,
        count: int,
        at: datetime,
        success: bool | None,
        approval_id: UUID,
        run_id: UUID | None,
        incident_id: str,
    ) -> None:
        key = (project_id, name)
        if kind == "tool":
            self.tools[key].append(Precedent(approval_id, run_id, status, at, success))
        elif kind == "agent":
            self.agents[key][status] = count
        else:
            self.playbooks[key].append(Repair(incident_id, bool(success), at, status))


def _columns(keys: Iterable[tuple[str, Any]], at_most: int) -> list[Any]:
    wanted = sorted((key for key in keys if key[1]), key=str)
    return [[key[0] for key in wanted], [key[1] for key in wanted], at_most]


def _others(rows: list[Precedent], approval: Approval) -> list[Precedent]:
    return [row for row in rows if row.approval_id != approval.pk]
