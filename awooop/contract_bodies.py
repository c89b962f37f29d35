"""What the body of a contract revision may hold, by its family.

Keys that nobody knows are kept: a body says more than the gateway reads.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic import ValidationError as PydanticError

from awooop.canonical import canonical_json
from awooop.models.contract import ContractFamily, ContractRevision

SCOPES = ("read", "write", "admin")
MOST_CHARACTERS = 200_000
MOST_TOOLS = 1_000
_Name = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"\S")]
_Number = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


class _Open(BaseModel):
    model_config = ConfigDict(extra="allow")


class ToolGrant(_Open):
    """What an agent may do with one tool; a scope includes those before it."""

    scope: Literal["read", "write", "admin"]


class Limits(_Open):
    """What the agent is to keep within, by its own doing: the gateway does not enforce these."""

    max_steps: _Number | None = None
    max_cost_usd: Annotated[Decimal, Field(ge=0, max_digits=12)] | None = None
    max_minutes: _Number | None = None


class AgentBody(_Open):
    """An agent's contract: the tools that it may call, each with the scope that is granted.

    Without `agent` it is the contract of the agent whose id is the contract's.
    """

    agent: _Name | None = None
    tools: Annotated[dict[_Name, ToolGrant], Field(max_length=MOST_TOOLS)] = {}
    limits: Limits | None = None


def errors(family: str, body: Any) -> dict[str, str]:
    """Answer what is wrong with a body, by its path (`body.tools["kubectl.get"].scope`)."""
    if not isinstance(body, dict):
        return {"body": "must be a JSON object"}
    try:
        length = len(canonical_json(body))
    except (TypeError, ValueError) as error:
        return {"body": f"has no canonical JSON form ({error})"[:200]}
    if length > MOST_CHARACTERS:
        return {"body": f"must have at most {MOST_CHARACTERS} characters; it has {length}"}
    if family != ContractFamily.AGENT:
        return {}
    try:
        AgentBody.model_validate(body)
    except PydanticError as error:
        return {_path(row["loc"]): row["msg"] for row in error.errors()[:50]}
    return {}


def agent_of(revision: ContractRevision) -> str:
    """Answer the agent whose contract an agent contract is."""
    named = revision.body.get("agent")
    return named if isinstance(named, str) else revision.contract_id


def grants(body: Any) -> dict[str, dict[str, Any]]:
    """Answer the tools that a body grants, by name; what is malformed grants nothing."""
    tools = body.get("tools") if isinstance(body, dict) else None
    if not isinstance(tools, dict):
        return {}
    return {name: grant for name, grant in sorted(tools.items()) if isinstance(grant, dict)}


def _path(location: tuple[int | str, ...]) -> str:
    path = "body"
    for part in location:
        if part == "[key]":
            continue
        is_plain = isinstance(part, str) and part.isidentifier()
        path += f".{part}" if is_plain else f'["{part}"]'
    return path
