"""Measure the quality of a project's latest chains; nothing is written here."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from django.db.models.expressions import RawSQL

from awooop import together
from awooop.clock import now
from awooop.together import Asking
from runs import status_chain
from runs.models import Incident
from runs.status_chain import DONE, STAGES, Chain

SCHEMA = "awooop_truth_chain_quality_summary_v1"
LIMIT, MOST = 8, 100
# One index scan for each project.
_LATEST = """
select latest.incident_id from unnest(%s::text[]) as visible(project_id)
cross join lateral (
  select incident_id, opened_at from runs_incident where project_id = visible.project_id
   order by opened_at desc, incident_id desc limit %s) latest
order by latest.opened_at desc, latest.incident_id desc limit %s
"""


def measure(projects: Sequence[str], limit: int = LIMIT) -> dict[str, Any]:
    """Answer the summary of the latest `limit` incidents of these projects together, in a fixed
    number of statements; `project_id` is null where they are not one."""
    clock = time.perf_counter()
    chains = latest_chains(projects, limit)
    summary = summed_up(chains)
    return {
        "schema_version": SCHEMA,
        "project_id": projects[0] if len(projects) == 1 else None,
        "limit": limit,
        "generated_at": now(),
        "duration_ms": round((time.perf_counter() - clock) * 1000, 3),
        "cached": False,
        **summary,
        "writes_on_read": False,
    }


def latest_chains(projects: Sequence[str], limit: int = LIMIT) -> list[Chain]:
    """Answer the chains of the latest incidents, newest first."""
    return together.answer(asking_latest(projects, limit))


def asking_latest(projects: Sequence[str], limit: int = LIMIT) -> Asking[list[Chain]]:
    """Ask what `latest_chains` answers."""
    latest = RawSQL(_LATEST, [list(projects), limit, limit])  # noqa: S611 - constant text
    rows = Incident.objects.filter(project_id__in=list(projects), incident_id__in=latest)
    (newest,) = yield (together.objects(rows.order_by("-opened_at", "-incident_id")),)
    chains = yield from status_chain.asking_of_incidents(newest)
    return list(chains.values())


def summed_up(chains: Sequence[Chain]) -> dict[str, Any]:
    """Answer `{incidents, stage_coverage, quality_score}` of some chains.

    The score is the mean of the chains' own; a stage's coverage the share of the chains in which it
    was due that have it. Of nothing both are null.
    """
    scores = [chain.score for chain in chains if chain.score is not None]
    return {
        "incidents": [_told(chain) for chain in chains],
        "stage_coverage": {name: _coverage(name, chains) for name in STAGES},
        "quality_score": round(sum(scores) / len(scores), 3) if scores else None,
    }


def _told(chain: Chain) -> dict[str, Any]:
    return {
        "incident_id": chain.incident_id,
        "grade": chain.grade,
        "score": chain.score,
        "done": chain.done,
        "missing": chain.gaps,
        "next_step": chain.next_step,
    }


def _coverage(name: str, chains: Sequence[Chain]) -> float | None:
    stages = [chain.stages[name] for chain in chains if name in chain.stages]
    done = sum(stage.status == DONE for stage in stages)
    due = done + sum(stage.is_gap for stage in stages)
    return round(done / due, 3) if due else None
