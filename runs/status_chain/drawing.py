"""A chain as the component `status_chain.html` draws it: a word for each stage, never colour
alone."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_lazy

from awooop.ui_status import STATUSES
from runs.status_chain.chains import Chain
from runs.status_chain.registry import MISSING, WAITING, Stage

LABELS = {
    "received": gettext_lazy("Received"),
    "incident": gettext_lazy("Incident"),
    "run": gettext_lazy("Run"),
    "investigation": gettext_lazy("Investigation"),
    "decision": gettext_lazy("Decision"),
    "execution": gettext_lazy("Execution"),
    "verification": gettext_lazy("Verification"),
    "learning": gettext_lazy("Learning"),
}
KINDS = {
    "channel_event": gettext_lazy("Event"),
    "incident": gettext_lazy("Incident"),
    "run": gettext_lazy("Run"),
    "step": gettext_lazy("Steps"),
    "mcp_call": gettext_lazy("Gateway calls"),
    "approval": gettext_lazy("Approval"),
    "execution": gettext_lazy("Repair"),
    "evidence": gettext_lazy("Evidence"),
    "legacy_mcp_record": gettext_lazy("Legacy MCP record"),
    "remediation_record": gettext_lazy("Remediation record"),
    "knowledge_entry": gettext_lazy("Entry"),
}

# What is still to come has the component's look `missing`; what should be there and is not, `gap`.
_LOOKS = {MISSING: "gap"}


def steps(chain: Chain) -> list[dict[str, Any]]:
    """Answer its stages; of what waits only the first is drawn as waiting, the rest is to come."""
    drawn, waits = [], False
    for name, stage in chain.stages.items():
        drawn.append(_step(name, stage, to_come=waits and stage.status == WAITING))
        waits = waits or stage.status == WAITING
    return drawn


def _step(name: str, stage: Stage, *, to_come: bool) -> dict[str, Any]:
    word = gettext("to come") if to_come else STATUSES[stage.status].label
    return {
        "stage": name,
        "label": LABELS[name],
        "status": "missing" if to_come else _LOOKS.get(stage.status, stage.status),
        "status_label": word,
        "why": stage.why,
        "at": stage.at,
        "next_step": stage.next_step,
        "evidence": [
            {"id": proof.id, "href": proof.href, "label": KINDS.get(proof.kind, proof.kind)}
            for proof in stage.evidence
        ],
    }
