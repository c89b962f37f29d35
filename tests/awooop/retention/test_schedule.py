"""The nightly bell: at its time of day, and within the cluster's time for a task."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django_q.models import Schedule

from awooop import clock, schedules
from awooop.models import Lease, TaskHeartbeat
from awooop.retention import tasks

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("at", "first"),
    [
        (datetime(2026, 3, 1, 18, 59, 59, tzinfo=UTC), datetime(2026, 3, 1, 19, tzinfo=UTC)),
        (datetime(2026, 3, 1, 19, tzinfo=UTC), datetime(2026, 3, 2, 19, tzinfo=UTC)),
    ],
)
def test_it_first_rings_at_the_next_nineteen_hours(at, first):
    with clock.set_to(at):
        schedules.write()
    bell = Schedule.objects.get(name="retention.prune")
    assert (bell.next_run, bell.minutes) == (first, 24 * 60)


def test_written_again_it_keeps_its_next_time():
    schedules.write()
    later = datetime(2030, 1, 1, tzinfo=UTC)
    Schedule.objects.filter(name="retention.prune").update(next_run=later)
    schedules.write()
    assert Schedule.objects.get(name="retention.prune").next_run == later


def test_the_task_prunes_and_says_so(project):
    past = clock.now() - timedelta(days=9)
    Lease.objects.create(key="k", holder="h", acquired_at=past, expires_at=past)
    assert tasks.prune() == {"finished": True, "deleted": {"awooop.Lease": 1}}
    beat = TaskHeartbeat.objects.get(kind="retention.prune")
    assert beat.last_result["deleted"] == {"awooop.Lease": 1}


def test_it_ends_well_before_the_cluster_would_kill_it():
    left = settings.Q_CLUSTER["timeout"] - tasks.BUDGET_S
    assert left > 60
