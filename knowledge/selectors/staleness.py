"""How much of what is in use is stale: one number for the self-check, the pages and the reviews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from awooop import together as reading
from awooop.clock import now
from governance import thresholds
from governance.thresholds import Thresholds

RATIO, DAYS = "knowledge_degradation.ratio", "knowledge_degradation.stale_days"
# An index-only scan of what is not archived, per project.
_COUNTS = """
select wanted.project_id, counted.total, counted.stale
  from unnest(%(projects)s::text[], %(days)s::numeric[]) as wanted(project_id, days)
 cross join lateral (
   select count(*) as total,
          count(*) filter (where entry.updated_at
            < %(at)s - make_interval(secs => (wanted.days * 86400)::float)) as stale
     from knowledge_knowledgeentry entry
    where entry.project_id = wanted.project_id and entry.status <> 'archived') counted
"""


@dataclass(frozen=True)
class Snapshot:
    """How stale a project's knowledge is; the ratio to three places, 0.0 of nothing."""

    stale_count: int
    total_count: int
    stale_ratio: float
    threshold: float
    stale_days: int

    def as_dict(self) -> dict[str, Any]:
        """Answer it as the API tells it and dispatches keep it."""
        return asdict(self)

    @property
    def is_above(self) -> bool:
        """Whether more is stale than may be, unrounded; never of nothing."""
        return self.total_count > 0 and Decimal(self.stale_count) > self.allowed

    @property
    def allowed(self) -> Decimal:
        """How many stale entries the threshold allows, as a fraction."""
        return Decimal(str(self.threshold)) * self.total_count

    @property
    def entries_to_threshold(self) -> int:
        """How many stale entries must be dealt with to reach the threshold.

        Each is counted as refreshed: it stays in use. (Archiving one lowers the total, too.)
        """
        return max(0, self.stale_count - int(self.allowed))


def snapshots(projects: Sequence[str], values: Thresholds | None = None) -> dict[str, Snapshot]:
    """Answer each project's snapshot, by its own thresholds: one statement, or two."""
    return reading.read(measured(projects, values))[0]


def measured(projects: Sequence[str], values: Thresholds | None = None) -> reading.Read:
    """Ask what `snapshots` answers; the thresholds are read at once where they are not given."""
    found = values or thresholds.read(projects)
    given = {"projects": list(projects), "days": found.values(projects, DAYS), "at": now()}

    def by_project(rows: Sequence[reading.Row]) -> dict[str, Snapshot]:
        counts = {project: (total, stale) for project, total, stale in rows}
        return {project: _snapshot(project, *counts[project], found) for project in projects}

    return reading.tuples(_COUNTS, given).then(by_project)


def snapshot(project_id: str) -> Snapshot:
    """Answer one project's snapshot."""
    return snapshots([project_id])[project_id]


def together(found: Sequence[Snapshot]) -> Snapshot:
    """Answer the snapshot of several projects as of one, by the strictest of their thresholds."""
    if len(found) == 1:
        return found[0]
    stale, total = sum(one.stale_count for one in found), sum(one.total_count for one in found)
    return Snapshot(
        stale_count=stale,
        total_count=total,
        stale_ratio=round(stale / total, 3) if total else 0.0,
        threshold=min((one.threshold for one in found), default=0.0),
        stale_days=min((one.stale_days for one in found), default=0),
    )


def _snapshot(project: str, total: int, stale: int, values: Thresholds) -> Snapshot:
    return Snapshot(
        stale_count=stale,
        total_count=total,
        stale_ratio=round(stale / total, 3) if total else 0.0,
        threshold=float(values.value(project, RATIO)),
        stale_days=int(values.value(project, DAYS)),
    )
