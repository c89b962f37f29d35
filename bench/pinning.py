"""Hold processes to cores, so that what is measured has no more of a machine than is said."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench import server


@dataclass(frozen=True)
class Pins:
    """The cores of what is measured, and those of the clients; empty: wherever there is room."""

    measured: frozenset[int] = frozenset()
    clients: frozenset[int] = frozenset()

    @classmethod
    def of(cls, text: str) -> Pins:
        """Read `0,1`: the clients get a core that is left; raises ValueError where none is."""
        if not text:
            return cls()
        there_are = os.sched_getaffinity(0)
        measured = frozenset(int(each) for each in text.split(","))
        left = sorted(there_are - measured)
        if not measured <= there_are or not left:
            raise ValueError(f"of the cores {sorted(there_are)} one must be left for the client")
        return cls(measured, frozenset(left[:1]))

    def as_dict(self) -> dict[str, list[int]]:
        """Answer them for JSON."""
        return {"measured": sorted(self.measured), "client": sorted(self.clients)}


ANYWHERE = Pins()


def hold(pid: int, cores: Collection[int]) -> None:
    """Hold a process with all its threads, and all processes below it, to these cores.

    What they start from then on is held there, too. No cores: they are left alone.
    """
    if not cores:
        return
    for each in server.below(pid):
        for task in Path(f"/proc/{each}/task").glob("[0-9]*"):
            with suppress(ProcessLookupError):
                os.sched_setaffinity(int(task.name), cores)


@contextmanager
def here(cores: Collection[int]) -> Iterator[None]:
    """Hold this process to these cores for the block, and what it starts there."""
    before = os.sched_getaffinity(0)
    hold(os.getpid(), cores)
    try:
        yield
    finally:
        hold(os.getpid(), before if cores else ())


@contextmanager
def database(backend_pid: int, cores: Collection[int]) -> Iterator[None]:
    """Hold a PostgreSQL to these cores for the block, by the process id of one of its backends."""
    above = server.parent(backend_pid)
    if above is None or not cores:
        yield
        return
    before = os.sched_getaffinity(above)
    hold(above, cores)
    try:
        yield
    finally:
        hold(above, before)
