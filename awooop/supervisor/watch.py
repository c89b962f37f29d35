"""Does the cluster stand still? Asked from outside: a wedged cluster cannot tell."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Max, Min

from awooop import queue_clock, schedules
from awooop.models import TaskHeartbeat

log = structlog.get_logger(__name__)
STALL_S = 300


def is_standing_still(
    *,
    now: datetime,
    started: datetime,
    last_beat: datetime | None,
    oldest_queue_age: timedelta | None,
    limit: timedelta,
) -> bool:
    """Answer whether nothing happened for `limit` since the later of start and last beat.

    A task that waits longer than `limit` is a sign too, once the cluster had that long for it.
    """
    if now - max(started, last_beat or started) > limit:
        return True
    waited = oldest_queue_age or timedelta(0)
    return waited > limit and now - started > limit


def cluster_stands_still(started_at: float) -> bool:
    """Answer the same for our cluster, started at this monotonic time; False if unknown."""
    try:
        now = queue_clock.measured()
        schedules.mend()
        beat, age = last_beat(), oldest_queue_age(now)
    except DatabaseError as error:
        # The database is down: restarting the cluster would not help it.
        log.warning("cluster_watch_failed", error=str(error))
        connection.close()
        return False
    return is_standing_still(
        now=now,
        started=now - timedelta(seconds=time.monotonic() - started_at),
        last_beat=beat,
        oldest_queue_age=age,
        limit=timedelta(seconds=getattr(settings, "CLUSTER_STALL_S", STALL_S)),
    )


def last_beat() -> datetime | None:
    """Answer when a task of any kind last began or ended, or None if none ever did."""
    fields = ("last_started_at", "last_success_at", "last_failure_at")
    found = TaskHeartbeat.objects.aggregate(**{f"latest_{name}": Max(name) for name in fields})
    return max((moment for moment in found.values() if moment), default=None)


def oldest_queue_age(now: datetime) -> timedelta | None:
    """Answer how long the oldest task has been free to take; None if empty or not ours."""
    from django_q.conf import Conf
    from django_q.models import OrmQ

    if not Conf.ORM:
        return None  # the queue is Redis's
    # `lock` is the time from which a cluster may take the task (again).
    free = OrmQ.objects.filter(key=Conf.CLUSTER_NAME, lock__lte=now)
    oldest = free.aggregate(oldest=Min("lock"))["oldest"]
    return now - oldest if oldest else None
