"""Keep what playbooks earn by their executions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from runs.models import Execution, Playbook

_EARNED = ("success_count", "failure_count", "last_used_at", "trust_score")


def note_executions(playbooks: Mapping[UUID, Playbook], executions: Iterable[Execution]) -> None:
    """Add executions that were just written to the record of their playbooks, which are locked.

    Trust follows the record, unless an administrator pinned it. One statement.
    """
    used = set()
    for execution in executions:
        playbook = playbooks.get(execution.playbook_id)
        if playbook is not None:
            _note(playbook, execution)
            used.add(playbook.pk)
    if used:
        Playbook.objects.bulk_update([playbooks[key] for key in sorted(used)], _EARNED)


def _note(playbook: Playbook, execution: Execution) -> None:
    if execution.success:
        playbook.success_count += 1
    else:
        playbook.failure_count += 1
    before = playbook.last_used_at
    playbook.last_used_at = max(before, execution.created_at) if before else execution.created_at
    if not playbook.is_trust_pinned:
        playbook.trust_score = playbook.earned_trust()
