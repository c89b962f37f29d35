"""A machine whose clock is wrong goes by the database's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F
from django.test import Client, RequestFactory
from django_q import scheduler
from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.models import Schedule as QSchedule

from awooop import clock, leases, queue_clock, rate_limits, schedules, tasks, tenancy
from awooop.models import RateBucket, Session, TaskHeartbeat
from tests import factories

HOURS = 2 * 3600


@pytest.fixture(params=[HOURS, -HOURS], ids=["ahead", "behind"])
def moved(request, monkeypatch):
    """This machine's clock is so many seconds ahead of the database's."""
    yield from _move(monkeypatch, request.param)


@pytest.fixture
def ahead(monkeypatch):
    yield from _move(monkeypatch, HOURS)


def _move(monkeypatch, seconds):
    class Wrong(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(seconds=seconds)

    right = clock.reading
    monkeypatch.setattr(clock, "datetime", Wrong)
    monkeypatch.setattr(clock, "reading", lambda: right() + seconds)
    yield seconds
    monkeypatch.undo()
    clock.compare(0.0, asked=0.0, answered=0.0)


@pytest.fixture(autouse=True)
def _right_again():
    yield
    clock.compare(0.0, asked=0.0, answered=0.0)


def _is_right() -> bool:
    return abs((clock.now() - datetime.now(UTC)).total_seconds()) < 60


def test_the_scope_of_a_transaction_puts_it_right(db, moved):
    assert not _is_right()
    with tenancy.scope(["awoooi"]):
        assert _is_right()
    assert round(clock.behind() / 60) == -moved / 60


def test_once_the_machine_s_clock_is_right_it_is_gone_by_again(db, monkeypatch):
    clock.compare(5_000.0, asked=0.0, answered=0.0)
    assert clock.behind() == 5_000
    with tenancy.scope(["awoooi"]):
        assert clock.behind() == 0
        assert clock.told() == ""


@pytest.mark.parametrize(
    ("database", "asked", "answered", "behind"),
    [
        (100.9, 100.0, 100.0, 0),  # as good as the same
        (102.0, 100.0, 100.0, 2),
        (98.0, 100.0, 100.0, -2),
        (104.0, 100.0, 106.0, 0),  # the answer took long: it may have been read at its end
        (120.0, 100.0, 106.0, 17),
        (100.0, 7_300.0, 100.0, 0),  # the clock jumped while it was asked
    ],
)
def test_what_counts_as_wrong(database, asked, answered, behind):
    clock.compare(database, asked=asked, answered=answered)
    assert clock.behind() == behind


def test_a_clock_that_is_set_for_a_test_stays(db, moved):
    at = datetime(2026, 11, 1, tzinfo=UTC)
    with clock.set_to(at), tenancy.scope(["awoooi"]):
        assert clock.now() == at


def test_readyz_the_metrics_and_the_home_page_say_so(operator, ahead):
    client = Client()
    client.force_login(operator)
    told = client.get("/readyz").json()["checks"]["clock"]
    assert told["ok"] is True
    assert told["warning"].endswith("s ahead of the database's")
    metrics = client.get("/metrics").content.decode()
    (line,) = [line for line in metrics.splitlines() if line.startswith("awooop_clock_behind_s")]
    assert round(float(line.split()[-1]) / 60) == -HOURS / 60
    assert "this machine&#x27;s clock is wrong" in client.get("/").content.decode()


def test_nothing_is_said_of_a_right_one(operator):
    client = Client()
    client.force_login(operator)
    assert client.get("/readyz").json()["checks"]["clock"]["warning"] == ""
    assert "awooop_clock_behind_seconds 0.0" in client.get("/metrics").content.decode()
    assert "clock is wrong" not in client.get("/").content.decode()


def test_a_cluster_on_such_a_machine_says_so_by_its_task(db, ahead):
    with pytest.raises(tasks.ClockIsOff):
        tasks.tick()
    beat = TaskHeartbeat.objects.get(kind="cluster.tick")
    assert "s ahead of the database's" in beat.last_error
    assert abs((beat.last_failure_at - datetime.now(UTC)).total_seconds()) < 60


def test_its_queue_and_its_schedules_go_by_the_database_s_clock(db, moved, monkeypatch):
    monkeypatch.setattr(scheduler, "close_old_django_connections", lambda: None)
    schedules.write()
    due = datetime.now(UTC) - timedelta(seconds=30)
    QSchedule.objects.exclude(name="runs.sweep").delete()
    QSchedule.objects.update(next_run=due)
    broker = get_broker()
    scheduler.scheduler(broker=broker)
    assert QSchedule.objects.get().next_run == due + timedelta(minutes=1)
    ((_pk, _payload),) = broker.dequeue()
    held_for = OrmQ.objects.get().lock - datetime.now(UTC)
    assert abs(held_for.total_seconds() - Conf.RETRY) < 60


def test_the_queue_asks_the_database_outside_of_transactions_only(
    db, django_assert_num_queries, ahead
):
    with django_assert_num_queries(0):
        queue_clock._of_the_queue()


def test_a_session_lasts_as_long_as_it_should(operator, moved):
    client = Client()
    client.post(
        "/login", {"username": "operator@example.org", "password": "a long enough password"}
    )
    for hours, status in ((3, 200), (13, 302)):
        with clock.set_to(datetime.now(UTC) + timedelta(hours=hours)):
            assert client.get("/profile").status_code == status


def test_what_a_clock_put_off_rings_again_once_it_is_right(db):
    schedules.write()
    at = clock.now()
    QSchedule.objects.update(next_run=at)
    QSchedule.objects.filter(name="runs.sweep").update(next_run=at + timedelta(hours=2))
    QSchedule.objects.filter(name="runs.truth_chain").update(
        next_run=at + timedelta(hours=2), repeats=0
    )
    QSchedule.objects.filter(name="retention.prune").update(next_run=at + timedelta(hours=23))
    for lock in (timedelta(hours=2), timedelta(minutes=15)):
        OrmQ.objects.create(key=Conf.CLUSTER_NAME, payload="", lock=at + lock)
    with clock.set_to(at):
        assert schedules.mend() == 2
        assert schedules.mend() == 0
    put_off = QSchedule.objects.filter(next_run__gt=at).values_list("name", flat=True)
    assert set(put_off) == {"runs.truth_chain", "retention.prune"}
    assert OrmQ.objects.filter(lock__lte=at).count() == 1


def test_a_lease_from_the_future_binds_nobody(db):
    at = clock.now()
    with clock.set_to(at + timedelta(hours=2)):
        assert leases.take("k", holder="ahead", seconds=3_600)
    with clock.set_to(at):
        assert leases.free(["k"]) == {"k"}
        assert leases.take("k", holder="right", seconds=60)
        assert not leases.take("k", holder="another", seconds=60)


def _request(key: str):
    headers = factories.ApiClient(key).headers
    return RequestFactory().get("/api/v1/platform/runs", headers=headers)


def test_a_limit_of_requests_is_not_used_up_by_a_jump(key):
    rate_limits.begin(factories.caller_of_key(key).api_key)
    RateBucket.objects.update(at=clock.now() + timedelta(hours=2), tokens=1)
    request = RequestFactory().get(
        "/api/v1/platform/runs", headers=factories.ApiClient(key).headers
    )
    assert [rate_limits.take(request).is_allowed for _ in range(2)] == [True, False]
    RateBucket.objects.update(at=F("at") - timedelta(seconds=5))
    assert rate_limits.take(request).is_allowed


def test_a_limit_of_requests_goes_by_the_database_s_clock(key, ahead):
    request = RequestFactory().get(
        "/api/v1/platform/runs", headers=factories.ApiClient(key).headers
    )
    rate_limits.begin(factories.caller_of_key(key).api_key)
    assert rate_limits.take(request).is_allowed
    assert abs((RateBucket.objects.get().at - datetime.now(UTC)).total_seconds()) < 60
    assert _is_right()


def test_a_jump_signs_nobody_out(operator, monkeypatch):
    client = Client()
    client.force_login(operator)
    ends = Session.objects.get().ends_at()
    hours = ends - datetime.now(UTC) + timedelta(hours=1)
    for _moved in _move(monkeypatch, hours.total_seconds()):
        assert clock.now() > ends
        assert client.get("/profile").status_code == 200
