"""What runs in the background, and how often: one table, written to django-q2 idempotently by name.

A schedule is a bell that says 'look now'; the work lives in domain tables (see the tasks' modules),
so a bell may ring twice or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import structlog
from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Value
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.models import Schedule as QSchedule

from awooop.clock import now

log = structlog.get_logger(__name__)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Schedule:
    """One bell: its name (also the heartbeat's kind), the task's dotted path, minutes between.

    With `at` it first rings at that time of day, UTC: one of a day's minutes then keeps to it.
    """

    name: str
    path: str
    minutes: int
    at: time | None = None


SCHEDULES: tuple[Schedule, ...] = (
    Schedule("cluster.tick", "awooop.tasks.tick", 1),
    Schedule("runs.sweep", "runs.tasks.sweep_runs", 1),
    Schedule("approvals.sweep", "runs.tasks.sweep_approvals", 1),
    Schedule("approvals.remind", "runs.tasks.remind_approvals", 1),
    Schedule("approvals.watch", "runs.tasks.watch_approvals", 5),
    Schedule("outbox.deliver", "runs.tasks.deliver_outbox", 1),
    Schedule("knowledge.hermes", "knowledge.tasks.hermes", 5),
    Schedule("runs.truth_chain", "runs.tasks.measure_truth_chains", 1),
    Schedule("reports.daily", "runs.tasks.send_reports", 5),
    Schedule("governance.self_check", "governance.tasks.self_check", 60),
    Schedule("webhooks.deliver", "awooop.webhooks.tasks.deliver", 1),
    Schedule("audit.anchor", "awooop.audit_proof.tasks.anchor", 5),
    # Three in the morning in Taipei.
    Schedule("retention.prune", "awooop.retention.tasks.prune", 24 * 60, at=time(19)),
)


@transaction.atomic
def write() -> list[str]:
    """Write the table to django-q2; answers the names that are new.

    An operator's pause (`repeats` 0) is left alone, and so is the time of the next run; a schedule
    that the table no longer has is removed.
    """
    made = []
    for schedule in SCHEDULES:
        rows = QSchedule.objects.select_for_update().filter(name=schedule.name).order_by("id")
        found = list(rows)
        if not found:
            first = {"next_run": _first(schedule.at)} if schedule.at else {}
            QSchedule.objects.create(name=schedule.name, **_values(schedule), **first)
            made.append(schedule.name)
            continue
        rows.filter(pk=found[0].pk).update(**_values(schedule))
        rows.exclude(pk=found[0].pk).delete()
    ours = {schedule.name for schedule in SCHEDULES}
    QSchedule.objects.filter(cluster=None).exclude(name__in=ours).delete()
    return made


def mend() -> int:
    """Bring back what a clock that ran ahead has put off: schedules that would ring later than
    their period from now, tasks that nobody could take before; answers how many."""
    at = now()
    period = ExpressionWrapper(F("minutes") * _MINUTE, output_field=DurationField())
    late = QSchedule.objects.filter(schedule_type=QSchedule.MINUTES, repeats__lt=0)
    mended = late.filter(next_run__gt=Value(at + _MINUTE) + period).update(next_run=at)
    if Conf.ORM:
        held = at + timedelta(seconds=Conf.RETRY) + _MINUTE
        mended += OrmQ.objects.filter(key=Conf.CLUSTER_NAME, lock__gt=held).update(lock=at)
    if mended:
        log.warning("put_off_by_a_clock", mended=mended)
    return mended


def _first(at: time) -> datetime:
    here = now()
    today = here.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return today if today > here else today + timedelta(days=1)


def _values(schedule: Schedule) -> dict[str, object]:
    return {
        "func": schedule.path,
        "schedule_type": QSchedule.MINUTES,
        "minutes": schedule.minutes,
    }
