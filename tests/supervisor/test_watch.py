from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django_q.models import OrmQ

from awooop import clock
from awooop.models import TaskHeartbeat
from awooop.supervisor import watch
from awooop.supervisor.watch import is_standing_still

LIMIT = timedelta(minutes=5)


def ago(minutes):
    return clock.now() - timedelta(minutes=minutes)


def stands_still(*, started, beat=None, queue=None):
    return is_standing_still(
        now=clock.now(),
        started=ago(started),
        last_beat=None if beat is None else ago(beat),
        oldest_queue_age=None if queue is None else timedelta(minutes=queue),
        limit=LIMIT,
    )


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"started": 1}, False),
        ({"started": 6}, True),
        ({"started": 60, "beat": 1}, False),
        ({"started": 60, "beat": 6}, True),
        ({"started": 1, "beat": 600}, False),
        ({"started": 60, "beat": 1, "queue": 4}, False),
        ({"started": 60, "beat": 1, "queue": 6}, True),
        ({"started": 1, "beat": 1, "queue": 600}, False),
    ],
)
def test_when_a_cluster_stands_still(facts, expected):
    with clock.set_to(clock.now()):
        assert stands_still(**facts) is expected


@pytest.mark.django_db
def test_a_beat_is_the_latest_of_any_kind_and_sort():
    latest = ago(1)
    TaskHeartbeat.objects.create(kind="a", last_success_at=ago(3), last_started_at=ago(3))
    TaskHeartbeat.objects.create(kind="b", last_failure_at=latest)

    assert watch.last_beat() == latest


@pytest.mark.django_db
def test_no_beat_at_all():
    assert watch.last_beat() is None


@pytest.mark.django_db
def test_the_queue_is_as_old_as_its_oldest_free_task():
    now = clock.now()
    for lock in (ago(2), ago(9), now + timedelta(minutes=5)):
        OrmQ.objects.create(key="awooop", payload="x", lock=lock)
    OrmQ.objects.create(key="another", payload="x", lock=ago(99))

    age = watch.oldest_queue_age(now)
    assert age is not None
    assert timedelta(minutes=9) <= age + timedelta(seconds=1) < timedelta(minutes=10)


@pytest.mark.django_db
def test_an_empty_queue_has_no_age():
    assert watch.oldest_queue_age(clock.now()) is None


@pytest.mark.django_db
def test_a_cluster_started_just_now_does_not_stand_still():
    TaskHeartbeat.objects.create(kind="a", last_success_at=ago(600))

    assert watch.cluster_stands_still(time.monotonic()) is False


@pytest.mark.django_db
def test_a_cluster_without_a_beat_since_its_start_long_ago_does():
    TaskHeartbeat.objects.create(kind="a", last_success_at=ago(600))

    assert watch.cluster_stands_still(time.monotonic() - 3600) is True


def test_an_unreachable_database_is_not_the_clusters_fault(monkeypatch):
    def refuse():
        raise DatabaseError("gone")

    monkeypatch.setattr(watch.queue_clock, "measured", refuse)
    monkeypatch.setattr(watch.connection, "close", lambda: None)

    assert watch.cluster_stands_still(time.monotonic() - 3600) is False
