"""What a finder is, and which there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

from awooop.callers import Caller

AT_MOST = 5  # hits of each kind
LONGEST = 200


@dataclass(frozen=True)
class Hit:
    """One thing that was found: its name, its address, a line about it and its status."""

    title: str
    href: str
    about: str = ""
    status: str | None = None


Find = Callable[[Caller, Sequence[str], str], list[Hit]]


@dataclass(frozen=True)
class Finder:
    """Finds things of one kind: `find(caller, projects, text)` answers at most `AT_MOST` hits.

    `least` is how many characters it needs; `order` is where its group stands (low first).
    """

    kind: str
    label: str | Promise
    icon: str
    order: int
    find: Find
    least: int = 2


@dataclass(frozen=True)
class Group:
    """What one finder found."""

    kind: str
    label: str | Promise
    icon: str
    hits: list[Hit]


_finders: dict[str, Finder] = {}


def add(finder: Finder) -> None:
    """Register a finder; raises ValueError for a second of its kind."""
    if finder.kind in _finders:
        raise ValueError(f"a finder of {finder.kind} is registered already")
    _finders[finder.kind] = finder


def discover() -> None:
    """Import each app's `finders`, and the kernel's own."""
    from awooop.finding import own  # noqa: F401 - registers them

    autodiscover_modules("finders")


def find(caller: Caller, projects: Sequence[str], text: str) -> list[Group]:
    """Answer what was found of each kind, in order, without kinds of which nothing was found.

    Raises TypeError where a finder does not answer a list.
    """
    text = " ".join(text.split())[:LONGEST]
    found = []
    for finder in sorted(_finders.values(), key=lambda one: one.order):
        if len(text) < finder.least:
            continue
        hits = finder.find(caller, projects, text)
        if not isinstance(hits, list):
            raise TypeError(f"the finder of {finder.kind} must answer a list, not {type(hits)}")
        if hits:
            found.append(Group(finder.kind, finder.label, finder.icon, hits))
    return found


@contextmanager
def registered_for_test(*some: Finder) -> Iterator[None]:
    """Have only these finders registered within the block."""
    before = dict(_finders)
    _finders.clear()
    try:
        for finder in some:
            add(finder)
        yield
    finally:
        _finders.clear()
        _finders.update(before)
