"""Let django-q2 keep our time (`awooop.clock`): a cluster on a machine whose clock is behind would
take no task and ring no schedule until that clock has caught up."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone
from django_q import scheduler
from django_q.brokers import orm
from django_q.conf import Conf

from awooop import clock

_ASK = "select extract(epoch from clock_timestamp())::float8"


def install() -> None:
    """Replace the clock of django-q2's queue and scheduler."""
    orm.timezone = SimpleNamespace(now=_of_the_queue)
    scheduler.timezone = SimpleNamespace(now=measured)
    scheduler.localtime = _local


def measured() -> datetime:
    """Answer the time, having asked the database: for processes that do nothing else there."""
    asked = clock.reading()
    with connection.cursor() as cursor:
        cursor.execute(_ASK)
        (database,) = cursor.fetchone()
    clock.compare(database, asked=asked, answered=clock.reading())
    return clock.now()


def _of_the_queue() -> datetime:
    # In a transaction (a request, a task) the scope has asked already.
    return clock.now() if connection.in_atomic_block else measured()


def _local() -> datetime:
    return timezone.localtime(clock.now(), ZoneInfo(Conf.TIME_ZONE))
