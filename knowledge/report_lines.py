"""The line that the daily report says of knowledge."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from knowledge.selectors import staleness


def stale_ratio(projects: Sequence[str]) -> dict[str, list[str]]:
    """Answer each project's stale ratio in words; nothing for one without knowledge."""
    return {
        project: [_line(snapshot)]
        for project, snapshot in staleness.snapshots(projects).items()
        if snapshot.total_count
    }


def _line(snapshot: staleness.Snapshot) -> str:
    return _("Knowledge: %(ratio)d%% stale (%(stale)d of %(total)d; allowed are %(allowed)d%%)") % {
        "ratio": round(snapshot.stale_ratio * 100),
        "stale": snapshot.stale_count,
        "total": snapshot.total_count,
        "allowed": round(snapshot.threshold * 100),
    }
