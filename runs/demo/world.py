"""Where the history happens: its clock, its chance, its identifiers."""

from __future__ import annotations

import random
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

T = TypeVar("T")
DAYS = 30
_NAMESPACE = UUID("6f5b8a52-2a38-5c3b-9f0e-6d1c6f0d5e11")
_TAIL = string.ascii_uppercase + string.digits


@dataclass
class World:
    """One project's invented month, which ends `now`."""

    project_id: str
    now: datetime
    zone: ZoneInfo
    rng: random.Random = field(init=False)
    counts: Counter[str] = field(default_factory=Counter)
    incident_ids: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        # Chance decides who and what; nothing secret is drawn from it.
        self.rng = random.Random(f"demo of {self.project_id}")  # noqa: S311

    @property
    def start(self) -> datetime:
        """When the history begins."""
        return self.now - timedelta(days=DAYS)

    @property
    def maintenance(self) -> tuple[datetime, datetime]:
        """The twelve minutes in which the project was switched off (a database upgrade)."""
        day = (self.now - timedelta(days=19)).astimezone(self.zone)
        local = day.replace(hour=23, minute=4, second=10, microsecond=0)
        begin = local.astimezone(UTC)
        return begin, begin + timedelta(minutes=12)

    def number(self, kind: str) -> int:
        """Answer the next number of a kind, from 1."""
        self.counts[kind] += 1
        return self.counts[kind]

    def uuid(self, kind: str) -> UUID:
        """Answer the next identifier of a kind."""
        return uuid5(_NAMESPACE, f"{self.project_id}/{kind}/{self.number('uuid ' + kind)}")

    def incident_id(self, at: datetime) -> str:
        """Answer an incident id of that day which was not given yet."""
        while True:
            tail = "".join(self.rng.choices(_TAIL, k=4))
            ident = f"INC-{at:%Y%m%d}-{tail}"
            if ident not in self.incident_ids:
                self.incident_ids.add(ident)
                return ident

    def chance(self, share: float) -> bool:
        """Whether something happens that happens this often."""
        return self.rng.random() < share

    def pick(self, options: Sequence[T]) -> T:
        """Answer one of the options."""
        return self.rng.choice(options)

    def span(self, least_s: float, most_s: float) -> timedelta:
        """Answer a time span between two numbers of seconds, in milliseconds."""
        return timedelta(milliseconds=self.rng.randint(int(least_s * 1000), int(most_s * 1000)))
