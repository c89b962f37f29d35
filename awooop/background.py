"""How the background work stands: the queue, and each schedule's bell and heartbeat. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.models import Schedule as QSchedule

from awooop.clock import now
from awooop.models import TaskHeartbeat
from awooop.schedules import SCHEDULES
from awooop.supervisor import watch


@dataclass(frozen=True)
class Queue:
    """How many tasks wait to be taken, and for how long the oldest has (None: none waits)."""

    depth: int
    oldest_age: timedelta | None
    is_age_known: bool = True


@dataclass(frozen=True)
class Bell:
    """One schedule of the code: whether it rings, and when its task last did its work."""

    name: str
    minutes: int
    is_written: bool
    is_paused: bool
    last_success_at: datetime | None
    last_failure_at: datetime | None
    last_error: str

    @property
    def is_failing(self) -> bool:
        """Whether its last run failed."""
        if self.last_failure_at is None:
            return False
        return self.last_success_at is None or self.last_success_at < self.last_failure_at

    @property
    def is_late(self) -> bool:
        """Whether it is on, and its work was last done more than three periods ago, or never."""
        if self.is_paused:
            return False
        limit = timedelta(minutes=3 * self.minutes)
        return self.last_success_at is None or now() - self.last_success_at > limit


def queue() -> Queue:
    """Answer how the cluster's queue stands."""
    if not Conf.ORM:
        return Queue(get_broker().queue_size(), None, is_age_known=False)
    at = now()
    free = OrmQ.objects.filter(key=Conf.CLUSTER_NAME, lock__lte=at)
    return Queue(free.count(), watch.oldest_queue_age(at))


def bells() -> list[Bell]:
    """Answer every schedule of the code with its state; two queries."""
    repeats = dict(QSchedule.objects.order_by("-id").values_list("name", "repeats"))
    beats = {beat.kind: beat for beat in TaskHeartbeat.objects.order_by("kind")}
    return [_bell(schedule, repeats, beats.get(schedule.name)) for schedule in SCHEDULES]


def _bell(schedule, repeats: dict[str, int], beat: TaskHeartbeat | None) -> Bell:
    return Bell(
        name=schedule.name,
        minutes=schedule.minutes,
        is_written=schedule.name in repeats,
        is_paused=repeats.get(schedule.name) == 0,
        last_success_at=beat.last_success_at if beat else None,
        last_failure_at=beat.last_failure_at if beat else None,
        last_error=beat.last_error if beat else "",
    )
