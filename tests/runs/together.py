"""Do several things at the same moment, each in a thread with a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


def together(jobs: Sequence[Callable[[], T]]) -> list[T]:
    """Run the jobs at once; answers their results in order, and raises what one of them raised."""
    barrier = Barrier(len(jobs))

    def run(job: Callable[[], T]) -> T:
        try:
            barrier.wait(60)
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))
