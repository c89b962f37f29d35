"""The card of stale knowledge on the home page: the ratio as it was measured last, and before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from knowledge.selectors import ratio_history
from knowledge.selectors.ratio_history import Measured
from runs import home_cards

# Of more projects only those that are worst off are shown.
SHOWN = 3


def register() -> None:
    """Put the card on the page; called once, when the app is ready."""
    home_cards.add("stale_knowledge", "knowledge/_home_card.html", 50, read)


def read(projects: Sequence[str]) -> dict[str, Any] | None:
    """Answer the projects whose knowledge is most stale, each with its last 30 days; None where
    nothing was measured. One statement."""
    found = {
        name: one
        for name, one in ratio_history.measured(projects).items()
        if one.latest.total_count
    }
    if not found:
        return None
    worst = sorted(found.items(), key=_by_excess)[:SHOWN]
    rows = [
        {
            "project_id": name,
            "snapshot": one.latest,
            "at": one.at,
            "percents": one.percents,
            "limit": one.latest.threshold * 100,
            "state": "above_threshold" if one.latest.is_above else "at_or_below_threshold",
        }
        for name, one in worst
    ]
    return {"rows": rows, "more": len(found) - len(rows)}


def _by_excess(item: tuple[str, Measured]) -> tuple[float, str]:
    name, one = item
    return (one.latest.threshold - one.latest.stale_ratio, name)
