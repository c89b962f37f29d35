"""What is loaded into one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.world import World

NULL = "\\N"
# The kinds of things, by which their ids differ.
RUN, STEP, CALL, EVENT, MESSAGE, LEGACY, REMEDY, EXECUTION, EVIDENCE = range(2, 11)
APPROVAL, PLAYBOOK, ENTRY, GOVERNANCE, DISPATCH = range(11, 16)
# What bits are drawn for beside ids.
CHANCE, WORDS = 20, 21


@dataclass(frozen=True)
class Table:
    """A model, the columns that are given, and the lines; other columns get their defaults.

    `lines` answers the rows that belong to the things from one number to another (exclusive).
    """

    model: str
    columns: str
    of: str  # what the numbers count: an attribute of `Scale`
    lines: Callable[[World, int, int], Iterator[str]]


def flag(value: bool) -> str:
    """Answer a boolean as COPY reads it."""
    return "t" if value else "f"
