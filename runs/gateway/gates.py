"""What the gateway says to a call: its five gates, in order, the first refusal wins.

Before them stands the kill switch, which nobody merely watches. Pure: whoever asks has looked up
the facts (see `runs.gateway.facts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from runs.models import GateScope

GATES = ("project", "contract", "scope", "budget", "approval")
STOP = "stop"
_RANK = {scope: rank for rank, scope in enumerate(GateScope.values)}


@dataclass(frozen=True)
class Question:
    """All that the gates look at.

    `tools` are what the agent's active contract grants (None: there is no such contract);
    `stopped`, `agent_refused`, `over_budget` and `token_refused` are reasons to refuse, or ''.
    """

    tools: Mapping[str, Mapping[str, str]] | None
    contract: str
    tool: str
    scope: str
    is_project_active: bool = True
    agent_refused: str = ""
    over_budget: str = ""
    has_token: bool = False
    token_refused: str = ""
    is_shadow: bool = False
    stopped: str = ""


@dataclass(frozen=True)
class Verdict:
    """The gate that refuses (None: all let it pass), why, and the record of it."""

    gate: str | None
    reason: str | None
    result: dict[str, Any]

    @property
    def is_refused(self) -> bool:
        """Whether the call may not go on: a shadow run's may, whatever the five gates say."""
        return self.gate is not None and self.result["policy_enforced"]


def judge(question: Question) -> Verdict:
    """Answer what the gates say; `result` records each up to the first refusal."""
    gates: list[dict[str, Any]] = []
    refused: dict[str, Any] | None = None
    stop = [(STOP, question.stopped)] if question.stopped else []
    for name, why_not in stop or _gates(question):
        gates.append({"name": name, "ok": not why_not, "why": why_not or None})
        if why_not:
            refused = gates[-1]
            break
    result = {
        "required_scope": question.scope,
        "policy_enforced": bool(question.stopped) or not question.is_shadow,
        "is_shadow": question.is_shadow,
        "gates": gates,
    }
    return Verdict(refused and refused["name"], refused and refused["why"], result)


def needs_token(scope: str) -> bool:
    """Whether a call of this scope needs a person's approval."""
    return _RANK[scope] >= _RANK[GateScope.WRITE]


def _gates(asked: Question) -> list[tuple[str, str]]:
    """Answer each gate with its reason to refuse, or ''."""
    reasons = (
        "" if asked.is_project_active else _("The project is not active."),
        _of_contract(asked),
        _of_scope(asked),
        asked.over_budget,
        _of_approval(asked),
    )
    return list(zip(GATES, reasons, strict=True))


def _of_contract(asked: Question) -> str:
    if asked.agent_refused:
        return asked.agent_refused
    if asked.tools is None:
        return _("The agent has no active contract (%(contract)s).") % {"contract": asked.contract}
    if asked.tool in asked.tools:
        return ""
    return _("The contract %(contract)s does not name %(tool)s.") % {
        "contract": asked.contract,
        "tool": asked.tool,
    }


def _of_scope(asked: Question) -> str:
    granted = str((asked.tools or {}).get(asked.tool, {}).get("scope", ""))
    if _RANK.get(granted, -1) >= _RANK[asked.scope]:
        return ""
    return _("The contract grants %(tool)s for %(granted)s, the call needs %(scope)s.") % {
        "tool": asked.tool,
        "granted": granted or "nothing",
        "scope": asked.scope,
    }


def _of_approval(asked: Question) -> str:
    if not needs_token(asked.scope):
        return ""
    if asked.token_refused:
        return asked.token_refused
    if asked.has_token:
        return ""
    return _("A call that writes needs an approval token for this run and tool.")
