"""The recipes, and the trust that their executions earn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from runs.demo.catalogue import SCENARIOS
from runs.demo.chapter import Chapter
from runs.demo.world import World
from runs.models import Approval, Execution, Playbook, PlaybookStatus

PINNED = "Switch the payment route"
_UNUSED = (
    ("Fail over to the second site", PlaybookStatus.DRAFT, "km-agent"),
    ("Reboot a node that swaps", PlaybookStatus.DEPRECATED, "imported"),
    ("清除舊版快取 (Redis 5)", PlaybookStatus.ARCHIVED, "imported"),
)


class Playbooks:
    """The project's playbooks by name."""

    def __init__(self, world: World, chapter: Chapter) -> None:
        self.world, self.chapter = world, chapter
        self._by_name: dict[str, Playbook] = {}
        for scenario in SCENARIOS:
            tools = [scenario.fix.tool]
            self._add(scenario.fix.playbook, PlaybookStatus.APPROVED, "runbook", tools=tools)
            if scenario.worn:
                worn = [scenario.worn_tool]
                self._add(scenario.worn, PlaybookStatus.APPROVED, "imported", tools=worn)
        for name, status, source in _UNUSED:
            self._add(name, status, source)

    def named(self, name: str) -> Playbook:
        """Answer a playbook by its name."""
        return self._by_name[name]

    def earn(self, executions: Iterable[Execution]) -> None:
        """Count the executions of each, and set the trust that they earn."""
        for execution in executions:
            playbook = self._by_name[execution.playbook.name]
            if execution.success:
                playbook.success_count += 1
            else:
                playbook.failure_count += 1
            used = playbook.last_used_at
            playbook.last_used_at = max(used or execution.created_at, execution.created_at)
        for playbook in self._by_name.values():
            if not playbook.is_trust_pinned:
                playbook.trust_score = playbook.earned_trust()

    def follow(self, approvals: Iterable[Approval]) -> None:
        """Have each request name the recipe that uses its tool, as the agents do."""
        by_tool = {tool: name for name, tool in _recipes()}
        for approval in approvals:
            approval.playbook = self._by_name.get(by_tool.get(approval.tool_name, ""))

    def _add(self, name: str, status: str, source: str, **metadata: Any) -> None:
        if name in self._by_name:
            return
        number = len(self._by_name)
        is_pinned = name == PINNED
        self._by_name[name] = self.chapter.add(
            Playbook(
                playbook_id=self.world.uuid("playbook"),
                project_id=self.world.project_id,
                name=name,
                status=status,
                source=source,
                is_trust_pinned=is_pinned,
                trust_score=Decimal("0.950") if is_pinned else Decimal("0.500"),
                metadata={**metadata, "reason": "decided after the audit"}
                if is_pinned
                else metadata,
                created_at=self.world.now - timedelta(days=48, hours=-number),
            )
        )


def _recipes() -> Iterable[tuple[str, str]]:
    return [(scenario.fix.playbook, scenario.fix.tool) for scenario in reversed(SCENARIOS)]
