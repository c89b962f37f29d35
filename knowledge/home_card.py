"""The card of stale knowledge on the home page: the ratio, and how it fell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from knowledge.selectors import ratio_history, staleness
from knowledge.selectors.staleness import Snapshot
from runs import home_cards

# Of more projects only those that are worst off are shown.
SHOWN = 3


def register() -> None:
    """Put the card on the page; called once, when the app is ready."""
    home_cards.add("stale_knowledge", "knowledge/_home_card.html", 50, read)


def read(projects: Sequence[str]) -> dict[str, Any] | None:
    """Answer the projects whose knowledge is most stale, each with its last 30 days; None where
    nothing is known at all. Three statements."""
    found = {name: one for name, one in staleness.snapshots(projects).items() if one.total_count}
    if not found:
        return None
    worst = dict(sorted(found.items(), key=_by_excess)[:SHOWN])
    history = ratio_history.last_days(worst)
    rows = [
        {
            "project_id": name,
            "snapshot": one,
            "values": [row["value"] for row in history[name]],
            "threshold_percent": one.threshold * 100,
            "state": "above_threshold" if one.is_above else "at_or_below_threshold",
        }
        for name, one in worst.items()
    ]
    return {"rows": rows, "more": len(found) - len(rows)}


def _by_excess(item: tuple[str, Snapshot]) -> tuple[float, str]:
    name, snapshot = item
    return (snapshot.threshold - snapshot.stale_ratio, name)
