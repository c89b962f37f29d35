"""A runbook of each thing that goes wrong in the demo's month."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runs.demo.catalogue import SCENARIOS
from runs.demo.catalogue.shapes import Scenario


class _Words(dict):
    """Stands in for a story's numbers, which a runbook does not know."""

    def __missing__(self, key: str) -> str:
        return "N"


def texts() -> Iterator[dict[str, Any]]:
    """Answer the fields of each, with the name of its playbook."""
    for scenario in SCENARIOS:
        yield {
            "title": f"{scenario.alertname}: {scenario.fix.playbook}",
            "content": _content(scenario),
            "alertname": scenario.alertname,
            "category": scenario.agent.partition("-")[0],
            "tags": [scenario.severity, scenario.fix.tool.partition(".")[0]],
            "playbook": scenario.fix.playbook,
        }


def _content(scenario: Scenario) -> str:
    words = _Words(scenario.targets[0])
    fix = scenario.fix
    probes = [f"- `{tool}`: {said.format_map(words)}" for tool, said in scenario.probes]
    return "\n".join(
        [
            f"# {scenario.alertname}",
            "",
            f"For example: {scenario.said.format_map(words)}.",
            "",
            "## Look at first",
            "",
            *probes,
            "",
            "## Usual cause",
            "",
            f"{scenario.cause.format_map(words)}.",
            "",
            "## Remedy",
            "",
            f"`{fix.tool}` (risk {fix.risk}): {fix.action.format_map(words)}.",
            "",
            f"It worked when the {fix.metric} is back; then: {fix.done.format_map(words)}.",
            "",
        ]
    )
