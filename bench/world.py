"""What everything is derived from: a number becomes an id, a project, a time; the same by seed."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from itertools import accumulate

from bench.scale import PROJECTS, Scale

SPAN = timedelta(days=90)
_MASK = (1 << 64) - 1
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SLOTS = 1024


def mix(number: int) -> int:
    """Answer 64 bits that look random: one to one, so that ids made of them are unique."""
    number = (number + 0x9E3779B97F4A7C15) & _MASK
    number = ((number ^ number >> 30) * 0xBF58476D1CE4E5B9) & _MASK
    number = ((number ^ number >> 27) * 0x94D049BB133111EB) & _MASK
    return number ^ number >> 31


def base36(number: int) -> str:
    """Answer a number in at least four of 0-9A-Z."""
    text = ""
    while number or len(text) < 4:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text


class World:
    """One seed, one scale, one moment at which the history ends."""

    def __init__(self, scale: Scale, end: datetime) -> None:
        self.scale, self.end = scale, end
        self.start = end - SPAN
        self.step = SPAN / scale.runs
        self._salt = mix(scale.seed) & ~((1 << 48) - 1)
        self.projects = tuple(f"bench-{number:02d}" for number in range(PROJECTS))
        self.dates = [
            (self.start + timedelta(days=day)).strftime("%Y%m%d") for day in range(SPAN.days + 2)
        ]

    @cached_property
    def _slots(self) -> list[str]:
        weights = list(accumulate(1 / (rank + 1) for rank in range(PROJECTS)))
        bounds = [round(_SLOTS * weight / weights[-1]) for weight in weights]
        slots: list[str] = []
        for project, bound in zip(self.projects, bounds, strict=True):
            slots += [project] * (bound - len(slots))
        return slots

    def bits(self, kind: int, number: int) -> int:
        """Answer 64 bits of a thing, the same each time."""
        return mix(self._salt ^ kind << 40 ^ number)

    def uuid(self, kind: int, number: int) -> str:
        """Answer the id of the so-many-th thing of a kind."""
        bits = self.bits(kind, number)
        head, middle, tail = bits >> 32, bits >> 16 & 0xFFFF, bits & 0xFFFF
        return f"{head:08x}-{middle:04x}-{tail:04x}-8000-0000000000{kind:02x}"

    def is_waiting(self, run: int) -> bool:
        """Whether the run waits for a decision."""
        return run >= self.scale.runs - self.scale.waiting

    def is_open(self, run: int) -> bool:
        """Whether the run is not over."""
        return run >= self.scale.runs - self.scale.open

    def project(self, run: int) -> str:
        """Answer the project of a run and of all that belongs to it: a few have most of them."""
        if self.is_waiting(run):
            return self.projects[0]
        return self._slots[self.bits(1, run) & (_SLOTS - 1)]

    def began(self, run: int) -> datetime:
        """Answer when a run was made: evenly over the span, the last one at its end."""
        return self.start + self.step * (run + 1)

    def incident(self, run: int) -> str:
        """Answer the id of the incident that a run is about."""
        day = (self.step * (run + 1)).days
        return f"INC-{self.dates[day]}-{base36(run)}"
