"""What the completion queue says about the incidents of a page of callback replies.

Contributed to `runs.selectors.callbacks`: two statements, however many replies there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from knowledge.selectors import reviews
from runs.selectors.callbacks import RELATED_AT_MOST, Key, Related

# What an item of the queue has for its own work only.
_LEFT_OUT = {"of_incident", "place", "subject", "entry_status", "entry_owner"}


def of(keys: Iterable[Key]) -> dict[Key, Related]:
    """Answer, for each (project, incident), the project's counts and the reviews about it."""
    wanted = list(keys)
    projects = sorted({project for project, _ in wanted})
    incidents = sorted({incident for _, incident in wanted})
    counts = {
        project: _counts(found) for project, found in reviews.counts_by_project(projects).items()
    }
    items: dict[Key, list[dict[str, Any]]] = {}
    for row in reviews.of_incidents(projects, incidents, limit=RELATED_AT_MOST):
        items.setdefault((row["project_id"], row["related_incident_id"]), []).append(row)
    return {
        key: Related(
            total=sum(count for name, count in counts.get(key[0], {}).items() if name != _PENDING),
            counts=counts.get(key[0], {}),
            related_total=items[key][0]["of_incident"] if key in items else 0,
            related_items=[_item(row) for row in items.get(key, [])],
        )
        for key in wanted
    }


_PENDING = "pending_count"


def _counts(found: dict[str, int]) -> dict[str, int]:
    """By the names of the queue's answer; what is pending is ready or blocked."""
    counts = {f"{bucket}_count": found.get(bucket, 0) for bucket in reviews.BUCKETS}
    pending = sum(found.get(bucket, 0) for bucket in reviews.PENDING)
    return {_PENDING: pending, **counts}


def _item(row: dict[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in row.items() if name not in _LEFT_OUT}
    return {**shown, "href": reverse("knowledge-review", args=[row["dispatch_id"]])}
