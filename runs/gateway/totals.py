"""The running total of the gateway's verdicts, for `/metrics`."""

from __future__ import annotations

from awooop import counters
from awooop.metrics import counter
from runs.gateway.gates import GATES, STOP

NAME = "awooop_gateway_calls"
GATEWAY = "gateway"  # what refuses where judging itself failed
NO_GATE = "none"
ALLOWED, BLOCKED, SHADOW = "allowed", "blocked", "shadow_blocked"

counter(
    NAME,
    "Calls that asked the gateway, by verdict (shadow_blocked: allowed, though a gate refused).",
    ("project_id", "verdict", "gate"),
    values={"verdict": (ALLOWED, BLOCKED, SHADOW), "gate": (STOP, *GATES, GATEWAY, NO_GATE)},
)


def note(project_id: str, gate: str | None, *, is_refused: bool) -> None:
    """Count a call that was judged; `gate` is the one that refuses it, or would."""
    verdict = ALLOWED if gate is None else BLOCKED if is_refused else SHADOW
    counters.add(NAME, project_id=project_id, verdict=verdict, gate=gate or NO_GATE)
