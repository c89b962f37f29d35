"""What another connection holds, a sweep leaves to it whole, and looks at once more at its end."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from awooop import clock, tenancy
from runs import signals
from runs.actions import approval_locks, expiry, reminders
from runs.models import Approval, ApprovalStatus, OutboundMessage, Run, RunState
from tests import factories

pytestmark = pytest.mark.usefixtures("truncatable")


@pytest.fixture
def approvals() -> list[Approval]:
    """Four waiting approvals, committed; the first ends first."""
    factories.project("awoooi")
    key = factories.api_key("awoooi")
    with tenancy.scope(["awoooi"]):
        return [factories.waiting(key, expires_in_s=3_600 + n) for n in range(4)]


@pytest.fixture
def late(approvals):
    """It is an hour and a half later: their time is over."""
    with clock.set_to(approvals[0].requested_at + timedelta(minutes=90)):
        yield


class Other:
    """Another connection in a transaction of its own, in the same scope."""

    def __init__(self) -> None:
        self.connection = connections.create_connection("default")
        self.connection.set_autocommit(False)
        self.run("select set_config('awooop.projects', 'awoooi', true)")
        # Both are of one thread: waiting for each other they would wait for ever.
        self.run("select set_config('lock_timeout', '5s', true)")

    def run(self, sql: str, *params) -> list:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()

    def hold_run(self, approval: Approval) -> None:
        assert self.run("select 1 from runs_run where run_id = %s for update", approval.run_id)

    def can_lock(self, approval: Approval) -> bool:
        sql = "select 1 from runs_approval where id = %s for update skip locked"
        return bool(self.run(sql, approval.pk))

    def let_go(self) -> None:
        self.connection.rollback()


@pytest.fixture
def other(approvals):
    made = Other()
    yield made
    made.connection.close()


@contextmanager
def when_first_expires(then):
    """Do something in the middle of a sweep: when it expires its first approval."""
    calls = []

    def receive(**_):
        calls.append(1)
        if len(calls) == 1:
            then()

    signals.approval_decided.connect(receive)
    try:
        yield
    finally:
        signals.approval_decided.disconnect(receive)


def statuses() -> list[str]:
    with tenancy.scope(["awoooi"]):
        return list(Approval.objects.order_by("expires_at").values_list("status", flat=True))


def test_where_another_holds_the_run_its_approval_is_not_locked_either(approvals, other):
    other.hold_run(approvals[0])
    other.hold_run(approvals[2])
    with transaction.atomic(), tenancy.scope(["awoooi"]):
        taken = approval_locks.take(Approval.objects.filter(status=ApprovalStatus.PENDING))
        free = [other.can_lock(approval) for approval in approvals]
    assert [approval.pk for approval in taken] == [approvals[1].pk, approvals[3].pk]
    assert free == [True, False, True, False]


def test_an_approval_without_a_run_is_taken(approvals):
    with transaction.atomic(), tenancy.scope(["awoooi"]):
        Approval.objects.filter(pk=approvals[0].pk).update(run=None)
        waiting = Approval.objects.filter(pk=approvals[0].pk)
        assert [approval.run for approval in approval_locks.take(waiting)] == [None]


def test_what_another_holds_to_the_end_is_left_and_counted_once(late, other, approvals):
    other.hold_run(approvals[0])
    swept = expiry.sweep(batch=2)
    assert swept.as_dict() == {"expired": 3, "resolved": 0, "skipped": 1, "errors": 0}
    assert statuses() == ["pending", "expired", "expired", "expired"]
    other.let_go()
    assert expiry.sweep().expired == 1
    assert set(statuses()) == {"expired"}


def test_what_another_lets_go_of_meanwhile_is_expired_by_the_same_sweep(late, other, approvals):
    other.hold_run(approvals[0])
    other.hold_run(approvals[1])
    with when_first_expires(other.let_go):
        swept = expiry.sweep(batch=2)
    assert swept.as_dict() == {"expired": 4, "resolved": 0, "skipped": 0, "errors": 0}
    assert set(statuses()) == {"expired"}


def test_what_another_ended_meanwhile_is_neither_expired_nor_counted(late, other, approvals):
    other.hold_run(approvals[0])

    def cancel():
        changed = "update runs_run set state = 'cancelled' where run_id = %s returning 1"
        other.run(changed, approvals[0].run_id)
        changed = (
            "update runs_approval set status = 'cancelled', resolved_at = now() "
            "where id = %s returning 1"
        )
        other.run(changed, approvals[0].pk)
        other.connection.commit()

    with when_first_expires(cancel):
        swept = expiry.sweep()
    assert (swept.expired, swept.skipped) == (3, 0)
    assert statuses()[0] == "cancelled"


def test_what_failed_is_not_tried_twice(late, other, approvals):
    other.hold_run(approvals[0])

    def refuse(approval, **_):
        if approval.pk == approvals[1].pk:
            raise RuntimeError("a listener that fails")

    signals.approval_decided.connect(refuse)
    try:
        swept = expiry.sweep()
    finally:
        signals.approval_decided.disconnect(refuse)
    assert swept.as_dict() == {"expired": 2, "resolved": 0, "skipped": 1, "errors": 1}


def test_a_reminder_does_not_wait_for_a_decision_under_way(other, approvals):
    """A decision holds the run, then wants the approval: who took them the other way round would
    wait for it for ever."""
    other.hold_run(approvals[0])
    at = approvals[0].requested_at + timedelta(minutes=31)
    with clock.set_to(at), connection.cursor() as cursor:
        cursor.execute("set lock_timeout = '5s'")
        try:
            assert reminders.remind() == {"half_time": 3, "last_call": 0}
        finally:
            cursor.execute("reset lock_timeout")
        other.let_go()
        assert reminders.remind() == {"half_time": 1, "last_call": 0}
    with tenancy.scope(["awoooi"]):
        assert OutboundMessage.objects.filter(message_type="interim").count() == 4
        assert Run.objects.filter(state=RunState.WAITING_APPROVAL).count() == 4
