"""What an action would change, as far as anybody has said: its contract, and the MCP server.

One statement for any number of approvals. What nobody has said is None, never a guess.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from awooop import together
from awooop.together import Read, Row
from runs.models import Approval

# Only the one grant is read (a contract's body may be long), and the latest call of the tool.
_KNOWN = """
select wanted.approval_id, revision.contract_id, revision.version_major, revision.version_minor,
  revision.lifecycle_status, revision.body -> 'tools' -> wanted.tool_name ->> 'scope',
  case when jsonb_typeof(latest.hints) = 'object' then latest.hints end
from unnest(%s::uuid[], %s::text[], %s::uuid[], %s::text[])
  as wanted(approval_id, project_id, revision_id, tool_name)
left join awooop_contractrevision revision
  on revision.revision_id = wanted.revision_id and revision.project_id = wanted.project_id
left join lateral (
  select gate_result -> 'untrusted_hints' as hints from runs_mcpcall call
   where call.project_id = wanted.project_id and call.tool_name = wanted.tool_name
   order by call.created_at desc, call.call_id desc limit 1) latest on true
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
    """What is known of an action before it is done: the grant, and the MCP server's own word."""

    grant: Grant | None = None
    hints: dict[str, Any] | None = None


def known_of(approvals: Sequence[Approval]) -> Read:
    """Ask what is known of each approval's action, by the approval's id."""
    if not approvals:
        return together.nothing({})
    wanted = [
        [one.pk for one in approvals],
        [one.project_id for one in approvals],
        [one.contract_revision_id for one in approvals],
        [one.tool_name for one in approvals],
    ]
    return together.tuples(_KNOWN, wanted).then(_by_approval)


def _by_approval(rows: Sequence[Row]) -> dict[UUID, Changes]:
    return {pk: Changes(_grant(*said), _object(hints)) for pk, *said, hints in rows}


def _grant(
    name: str | None, major: int, minor: int, status: str, scope: str | None
) -> Grant | None:
    return None if name is None else Grant(f"{name} {major}.{minor}", status, scope)


def _object(value: Any) -> dict[str, Any] | None:
    return json.loads(value) if isinstance(value, str) else value
