"""What happened, as rows not written yet: one chapter per incident or errand, bound into a book."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.db import models

from awooop.actions.audit import Entry
from awooop.callers import Caller

Row = TypeVar("Row", bound=models.Model)
# These speak of the future, or of another system's clock.
_AHEAD = frozenset({"expires_at", "timeout_at", "next_attempt_at"})


@dataclass(frozen=True)
class Recorded:
    """An audit record to be appended as of its time."""

    at: datetime
    by: Caller
    entry: Entry


@dataclass
class Chapter:
    """Rows by model, and the audit records that belong to them."""

    rows: dict[type[models.Model], list[models.Model]] = field(default_factory=dict)
    records: list[Recorded] = field(default_factory=list)

    def add(self, row: Row) -> Row:
        """Keep a row; answers it."""
        self.rows.setdefault(type(row), []).append(row)
        return row

    def record(self, at: datetime, by: Caller, entry: Entry) -> None:
        """Keep an audit record."""
        self.records.append(Recorded(at, by, entry))

    def of(self, model: type[Row]) -> list[Row]:
        """Answer the rows of one model, in the order in which they were told."""
        return self.rows.get(model, [])  # type: ignore[return-value]

    def take_in(self, other: Chapter) -> None:
        """Bind another chapter into this one."""
        for model, rows in other.rows.items():
            self.rows.setdefault(model, []).extend(rows)
        self.records += other.records

    def until(self) -> datetime:
        """Answer the latest moment that the rows and records speak of as past."""
        told = [moment for rows in self.rows.values() for row in rows for moment in past_times(row)]
        return max([*told, *(record.at for record in self.records)])


def past_times(row: models.Model) -> list[datetime]:
    """Answer the moments of a row that must have passed."""
    moments = []
    for column in row._meta.concrete_fields:
        if isinstance(column, models.DateTimeField) and column.attname not in _AHEAD:
            moment = getattr(row, column.attname)
            if moment is not None:
                moments.append(moment)
    return moments
