"""What goes wrong at the invented company, who works there, and what is said."""

from __future__ import annotations

from runs.demo.catalogue import data, delivery, network, platform, workloads
from runs.demo.catalogue.shapes import Scenario

SCENARIOS: tuple[Scenario, ...] = (
    *platform.SCENARIOS,
    *workloads.SCENARIOS,
    *data.SCENARIOS,
    *network.SCENARIOS,
    *delivery.SCENARIOS,
)
BY_KEY: dict[str, Scenario] = {scenario.key: scenario for scenario in SCENARIOS}
