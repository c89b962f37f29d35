"""What a measure is: one request, its goal, and the best single statement for the same answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

KEY, ALL, SESSION, NOBODY = "key", "all", "session", "nobody"


@dataclass(frozen=True)
class Measure:
    """One request that is measured.

    `floor` is the best single statement; `body` makes the so-many-th body of a write, and
    `path` may have `{n}`, the id that a write is about (`subjects`).
    """

    name: str
    path: str
    floor: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    goal_ms: float | None = None
    who: str = KEY
    body: Callable[[int], Any] | None = None
    subjects: tuple[str, ...] = ()
    records: int = 1

    @property
    def method(self) -> str:
        """How it is asked."""
        return "POST" if self.body else "GET"
