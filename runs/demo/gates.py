"""What the gateway said to a call: its five gates, in order, the first refusal wins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runs.models import GateScope

_RANK = {scope: rank for rank, scope in enumerate(GateScope.values)}


@dataclass(frozen=True)
class Question:
    """All that the gates look at."""

    tools: Mapping[str, Mapping[str, str]]
    contract: str
    tool: str
    scope: str
    is_project_active: bool = True
    is_run_over: bool = False
    has_token: bool = False
    is_shadow: bool = False


@dataclass(frozen=True)
class Verdict:
    """The gate that refuses (None: all let it pass), why, and the record of it."""

    gate: str | None
    reason: str | None
    result: dict[str, Any]

    @property
    def is_refused(self) -> bool:
        """Whether the call may not go on: a shadow run's may, whatever the gates say."""
        return self.gate is not None and self.result["policy_enforced"]


def judge(question: Question) -> Verdict:
    """Answer what the gates say."""
    gates: list[dict[str, Any]] = []
    refused: dict[str, Any] | None = None
    for name, why_not in _gates(question):
        gates.append({"name": name, "ok": not why_not, "why": why_not or None})
        if why_not:
            refused = gates[-1]
            break
    result = {
        "required_scope": question.scope,
        "policy_enforced": not question.is_shadow,
        "is_shadow": question.is_shadow,
        "gates": gates,
    }
    return Verdict(refused and refused["name"], refused and refused["why"], result)


def _gates(asked: Question) -> list[tuple[str, str]]:
    """Answer each gate with its reason to refuse, or ''."""
    needs_token = _RANK[asked.scope] >= _RANK[GateScope.WRITE]
    return [
        ("project", "" if asked.is_project_active else "The project is not active."),
        ("contract", _of_contract(asked)),
        ("scope", _of_scope(asked)),
        ("budget", "The run's time is over." if asked.is_run_over else ""),
        (
            "approval",
            "A call that writes needs an approval token for this run and tool."
            if needs_token and not asked.has_token
            else "",
        ),
    ]


def _of_contract(asked: Question) -> str:
    if asked.tool in asked.tools:
        return ""
    return f"The contract {asked.contract} does not name {asked.tool}."


def _of_scope(asked: Question) -> str:
    granted = asked.tools.get(asked.tool, {}).get("scope", GateScope.ADMIN)
    if _RANK[granted] >= _RANK[asked.scope]:
        return ""
    return f"The contract grants {asked.tool} for {granted}, the call needs {asked.scope}."
