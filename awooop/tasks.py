"""Background tasks of the kernel, and the frame that every task runs in."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F

from awooop import clock, counters, logs, queue_clock
from awooop.clock import now
from awooop.models import TaskHeartbeat

log = structlog.get_logger(__name__)
Result = dict[str, Any]


class ClockIsOff(Exception):
    """The clock of the machine that a task ran on is wrong; it went by the database's."""


def task(kind: str) -> Callable[[Callable[[], Result]], Callable[[], Result]]:
    """Frame a task: a context for logs, and a heartbeat row that says when it last did its work.

    A failure is recorded, counted and raised again, so that the cluster sees it, too.
    """

    def decorate(function: Callable[[], Result]) -> Callable[[], Result]:
        @functools.wraps(function)
        def run() -> Result:
            logs.bind_request(task=kind)
            started, began = now(), time.perf_counter()
            try:
                result = function()
            except Exception as error:
                _beat(kind, started, began, error=error)
                log.exception("task_failed", kind=kind)
                raise
            _beat(kind, started, began, result=result)
            return result

        return run

    return decorate


@transaction.atomic
def _beat(
    kind: str, started: Any, began: float, *, result: Result | None = None, error: Any = None
) -> None:
    TaskHeartbeat.objects.get_or_create(kind=kind)
    values: dict[str, Any] = {
        "last_started_at": started,
        "last_duration_ms": int((time.perf_counter() - began) * 1000),
        "runs": F("runs") + 1,
    }
    if error is None:
        values |= {"last_success_at": now(), "last_result": result or {}}
    else:
        values |= {
            "last_failure_at": now(),
            "failures": F("failures") + 1,
            "last_error": f"{type(error).__name__}: {error}"[:500],
        }
    TaskHeartbeat.objects.filter(kind=kind).update(**values)


@task("cluster.tick")
def tick() -> Result:
    """Say that the cluster lives, and fold the counters' deltas.

    Fails, having done so, where the clock of the machine is wrong: that is how a person gets to
    know of a machine that serves no page.
    """
    folded = counters.fold()
    queue_clock.measured()
    if clock.behind():
        raise ClockIsOff(clock.told())
    return {"folded": folded}
