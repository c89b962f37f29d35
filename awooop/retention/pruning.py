"""Follow all rules: batch after batch, each project and rule in turn, within a time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import DatabaseError, OperationalError
from django.db.models import ProtectedError, RestrictedError
from psycopg.errors import DeadlockDetected

from awooop import tenancy
from awooop.actions import audit
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Invalid
from awooop.models import Project
from awooop.retention import ages, batches, registry
from awooop.retention.batches import Walk

log = structlog.get_logger(__name__)
ACTION = "retention.prune"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Pruned:
    """What became of one run: the walks, and whether each came to its end."""

    walks: tuple[Walk, ...]

    @property
    def is_finished(self) -> bool:
        """Whether nothing was left for want of time."""
        return all(walk.is_done or walk.error for walk in self.walks)

    @property
    def failed(self) -> tuple[Walk, ...]:
        """The walks that a fault stopped."""
        return tuple(walk for walk in self.walks if walk.error)

    @property
    def deleted(self) -> Counter[str]:
        """How many rows of each table went."""
        return sum((walk.deleted for walk in self.walks), Counter())


@dataclass(frozen=True)
class Waiting:
    """How many rows of one rule may go in one project; nothing was changed."""

    rule: str
    project_id: str | None
    table: str
    count: int


def prune(
    *,
    by: Caller,
    project_id: str | None = None,
    budget_s: float | None = None,
    progress: Progress | None = None,
) -> Pruned:
    """Delete what is older than its rule says, of all projects and the platform, or of one project.

    Each batch commits by itself, so that a kill loses none but the one under way; two at once share
    the work. With `budget_s` no batch begins after so many seconds. A row that cannot be deleted
    stops its own rule and project only. Leaves one audit record per project, also where the
    database went away. Raises Invalid for an unknown project.
    """
    walks = _walks(project_id)
    pruned = Pruned(tuple(walks))
    try:
        _step_through(walks, budget_s, progress)
    finally:
        _record(pruned, by)
    log.info("retention_pruned", finished=pruned.is_finished, **dict(pruned.deleted))
    return pruned


def count(*, project_id: str | None = None) -> list[Waiting]:
    """Answer what `prune` would delete of each rule's own table; changes nothing."""
    return [
        Waiting(walk.rule.name, walk.project_id, walk.rule.model._meta.label, batches.waiting(walk))
        for walk in _walks(project_id)
    ]


def _walks(project_id: str | None) -> list[Walk]:
    at = now()
    found = []
    for rule in registry.rules():
        cutoff = ages.cutoff_of(rule, at)
        if cutoff is None:
            continue
        for project in _projects(rule, project_id):
            found.append(Walk(rule, project, cutoff))
    return found


def _projects(rule: registry.Rule, project_id: str | None) -> Sequence[str | None]:
    with tenancy.registry():
        every = tuple(Project.objects.order_by("pk").values_list("pk", flat=True))
    if project_id is not None and project_id not in every:
        raise Invalid({"project": f"there is no project '{project_id}'"})
    if rule.has_project:
        return every if project_id is None else [project_id]
    return [None] if project_id is None else []


def _step_through(walks: list[Walk], budget_s: float | None, progress: Progress | None) -> None:
    """Let each walk make one step in turn: a large table of one project delays no other."""
    until = None if budget_s is None else time.monotonic() + budget_s
    for walk in _in_turn(walks):
        if until is not None and time.monotonic() >= until:
            return
        went = _step(walk)
        if progress and went:
            progress(f"{walk.project_id or 'platform'} {walk.rule.name}: {went:,} rows")


def _step(walk: Walk) -> int:
    try:
        return batches.step(walk)
    except OperationalError as error:
        # Another prune met us from the other side of a run and its incident: it goes on, and the
        # walk comes to these rows again in its next turn.
        if not isinstance(error.__cause__, DeadlockDetected):
            raise
        log.warning("retention_deadlock", rule=walk.rule.name, project=walk.project_id)
    except (DatabaseError, ProtectedError, RestrictedError) as error:
        log.exception("retention_failed", rule=walk.rule.name, project=walk.project_id)
        walk.error = f"{type(error).__name__}: {error}"[:300]
    return 0


def _in_turn(walks: list[Walk]) -> Iterator[Walk]:
    left = walks
    while left:
        yield from left
        left = [walk for walk in left if not (walk.is_done or walk.error)]


def _record(pruned: Pruned, by: Caller) -> None:
    by_project: dict[str, list[Walk]] = {}
    for walk in pruned.walks:
        if walk.project_id is not None:
            by_project.setdefault(walk.project_id, []).append(walk)
    for project, walks in by_project.items():
        with tenancy.scope([project]):
            entry = audit.Entry(ACTION, "project", project, _told(walks))
            audit.append(project_id=project, by=by, entry=entry)


def _told(walks: Sequence[Walk]) -> dict[str, Any]:
    return {
        "finished": all(walk.is_done for walk in walks),
        "deleted": {walk.rule.name: dict(walk.deleted) for walk in walks if walk.deleted},
        "before": {walk.rule.name: walk.cutoff for walk in walks},
        "failed": {walk.rule.name: walk.error for walk in walks if walk.error},
    }
