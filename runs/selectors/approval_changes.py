"""What an action would change, as far as anybody has said: the contract, a dry run, the server.

Three statements for any number of approvals. What nobody has said is None, never a guess.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models.expressions import RawSQL

from runs.models import Approval, RemediationMode, RemediationRecord

# Only the one grant is read: a contract's body may be long.
_GRANTS = """
select wanted.approval_id, revision.contract_id, revision.version_major, revision.version_minor,
  revision.lifecycle_status, revision.body -> 'tools' -> wanted.tool_name ->> 'scope'
from unnest(%s::uuid[], %s::uuid[], %s::text[]) as wanted(approval_id, revision_id, tool_name)
join awooop_contractrevision revision on revision.revision_id = wanted.revision_id
where revision.project_id = any(%s)
"""
_HINTS = """
select wanted.project_id, wanted.tool_name, latest.hints
from unnest(%s::text[], %s::text[]) as wanted(project_id, tool_name)
cross join lateral (
  select gate_result -> 'untrusted_hints' as hints from runs_mcpcall
   where project_id = wanted.project_id and tool_name = wanted.tool_name
   order by created_at desc, call_id desc limit 1) latest
where jsonb_typeof(latest.hints) = 'object'
"""


# The latest dry run of each incident.
_DRY_RUNS = """
select latest.id from unnest(%s::text[], %s::text[]) as wanted(project_id, incident_id)
cross join lateral (
  select id from runs_remediationrecord
   where project_id = wanted.project_id and incident_id = wanted.incident_id and mode = %s
   order by created_at desc, id desc limit 1) latest
"""


@dataclass(frozen=True)
class Grant:
    """What the contract revision that the approval is bound to says of its tool; `scope` is None
    where it does not name it, or names it badly."""

    name: str
    lifecycle_status: str
    scope: str | None


@dataclass(frozen=True)
class Changes:
    """What is known of an action before it is done: the grant, its incident's latest dry run, and
    the MCP server's own word."""

    grant: Grant | None = None
    dry_run: RemediationRecord | None = None
    hints: dict[str, Any] | None = None


def of(approvals: Sequence[Approval]) -> dict[UUID, Changes]:
    """Answer what is known of each approval's action, by the approval's id."""
    if not approvals:
        return {}
    grants, dry_runs, hints = _grants(approvals), _dry_runs(approvals), _hints(approvals)
    return {
        one.pk: Changes(
            grants.get(one.pk),
            dry_runs.get((one.project_id, one.incident_id)),
            hints.get((one.project_id, one.tool_name)),
        )
        for one in approvals
    }


def _grants(approvals: Sequence[Approval]) -> dict[UUID, Grant]:
    bound = [one for one in approvals if one.contract_revision_id]
    if not bound:
        return {}
    given = [
        [one.pk for one in bound],
        [one.contract_revision_id for one in bound],
        [one.tool_name for one in bound],
        sorted({one.project_id for one in bound}),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_GRANTS, given)
        return {
            pk: Grant(f"{contract_id} {major}.{minor}", status, scope)
            for pk, contract_id, major, minor, status, scope in cursor.fetchall()
        }


def _dry_runs(approvals: Sequence[Approval]) -> dict[Any, RemediationRecord]:
    keys = sorted({(one.project_id, one.incident_id) for one in approvals if one.incident_id})
    if not keys:
        return {}
    given = [[key[0] for key in keys], [key[1] for key in keys], RemediationMode.DRY_RUN.value]
    wanted = RawSQL(_DRY_RUNS, given)  # noqa: S611 - constant text, bound values
    rows = RemediationRecord.objects.filter(pk__in=wanted)
    return {(row.project_id, row.incident_id): row for row in rows}


def _hints(approvals: Sequence[Approval]) -> dict[tuple[str, str], dict[str, Any]]:
    keys = sorted({(one.project_id, one.tool_name) for one in approvals})
    with connection.cursor() as cursor:
        cursor.execute(_HINTS, [[key[0] for key in keys], [key[1] for key in keys]])
        return {(project, tool): _object(hints) for project, tool, hints in cursor.fetchall()}


def _object(value: Any) -> dict[str, Any]:
    return json.loads(value) if isinstance(value, str) else value
