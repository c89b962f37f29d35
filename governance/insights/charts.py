"""What a chart is: rows of numbers over the same days, and how they are to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Number = int | float | Decimal
Shape = Literal["stack", "lines"]
# Beyond these the API says them as they are: a word behind the number.
Unit = Literal["", "usd", "seconds", "percent"]


@dataclass(frozen=True)
class Series:
    """One row of numbers, a day each; None is unknown, and never drawn as zero."""

    key: str
    label: str
    values: Sequence[Number | None]
    tone: str = "accent"


@dataclass(frozen=True)
class Chart:
    """Numbers by day. `name` is stable, for machines; `note` says what is counted and by which day;
    `empty` why there may be nothing; `href` is where more is seen."""

    name: str
    title: str
    series: Sequence[Series]
    note: str = ""
    shape: Shape = "stack"
    unit: Unit = ""
    target: float | None = None
    limit: float | None = None
    href: str = ""
    empty: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of any day: a stack of zeros says no more than that."""
        values = [value for row in self.series for value in row.values]
        if self.shape == "stack":
            return not any(values)
        return all(value is None for value in values)
