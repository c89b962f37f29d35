"""What higher rooms add to the demo project, once its month is in the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

# (project_id, now) -> how many rows of what; called in the transaction that makes the demo.
Contribution = Callable[[str, datetime], dict[str, int]]
_contributions: dict[str, Contribution] = {}


def contribute(name: str, function: Contribution) -> None:
    """Let a higher room add its rows; raises ValueError for a second of the name."""
    if name in _contributions:
        raise ValueError(f"{name} is contributed already")
    _contributions[name] = function


def write(project_id: str, now: datetime) -> dict[str, int]:
    """Write what was contributed; answers how many rows of what."""
    counts: dict[str, int] = {}
    for function in _contributions.values():
        counts |= function(project_id, now)
    return counts
