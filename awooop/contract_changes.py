"""What a contract revision changes: tool by tool, and line by line."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from typing import Any

from awooop.contract_bodies import SCOPES, grants
from awooop.models import ContractRevision

WIDER, NARROWER, OTHER = "wider", "narrower", "other"


@dataclass(frozen=True)
class Change:
    """How one tool's grant changes: the scope before and after ('' for none), and which way."""

    tool: str
    before: str
    after: str
    way: str


def changes(before: Any, after: Any) -> list[Change]:
    """Answer the tools whose grant differs between two bodies, what is wider first."""
    old, new = grants(before), grants(after)
    found = [
        _change(tool, old.get(tool), new.get(tool))
        for tool in sorted(old.keys() | new.keys())
        if old.get(tool) != new.get(tool)
    ]
    order = (WIDER, OTHER, NARROWER)
    return sorted(found, key=lambda change: (order.index(change.way), change.tool))


def _change(tool: str, old: dict[str, Any] | None, new: dict[str, Any] | None) -> Change:
    before, after = (str(grant.get("scope", "")) if grant else "" for grant in (old, new))
    step = _rank(after) - _rank(before)
    way = WIDER if step > 0 else NARROWER if step < 0 else OTHER
    return Change(tool, before, after, way)


def _rank(scope: str) -> int:
    return SCOPES.index(scope) if scope in SCOPES else -1


def lines(before: ContractRevision | None, after: ContractRevision) -> list[str]:
    """Answer the unified difference of two revisions' bodies; without one before, all is new."""
    old = as_text(before.body).splitlines() if before else []
    names = (str(before) if before else "", str(after))
    return list(difflib.unified_diff(old, as_text(after.body).splitlines(), *names, lineterm=""))


def as_text(body: Any) -> str:
    """Answer a body as people read it: indented, its keys in order."""
    return json.dumps(body, indent=2, ensure_ascii=False, sort_keys=True)
