"""The shape of a scenario: an alert, how it is investigated, and the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ANY, NIGHT, OFFICE = "any", "night", "office"


@dataclass(frozen=True)
class Fix:
    """A remedy; texts may name the target's fields and the story's numbers in braces."""

    tool: str
    action: str
    arguments: Mapping[str, str]
    risk: str
    playbook: str
    done: str
    metric: str
    before: str
    after: str


@dataclass(frozen=True)
class Scenario:
    """One kind of trouble. Each target has a `target` (its name for people); the rest are labels.

    `worn` names a playbook that used to help and does not any more, and `worn_tool` what it calls.
    """

    key: str
    alertname: str
    severity: str
    agent: str
    titles: tuple[str, ...]
    said: str
    targets: tuple[Mapping[str, str], ...]
    probes: tuple[tuple[str, str], ...]
    cause: str
    fix: Fix
    channel: str = "alertmanager"
    when: str = ANY
    weight: int = 2
    may_repair_itself: bool = True
    worn: str = ""
    worn_tool: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
