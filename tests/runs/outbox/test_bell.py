"""A queued message rings for its delivery when its transaction commits."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils.module_loading import import_string
from django_q.models import OrmQ

from awooop import schedules
from runs.outbox import bell, delivery
from tests.runs.outbox.messages import queue


@pytest.fixture
def bells(bot, chat, django_capture_on_commit_callbacks):
    """Answer how many bells were rung by what happens in the block."""

    def count(work) -> int:
        before = OrmQ.objects.count()
        with django_capture_on_commit_callbacks(execute=True):
            work()
        return OrmQ.objects.count() - before

    return count


def test_many_messages_of_one_transaction_ring_once(bells):
    assert bells(lambda: [queue(str(number)) for number in range(5)]) == 1


def _rolled_back() -> None:
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)


def test_what_is_rolled_back_does_not_ring(bells):
    assert bells(_rolled_back) == 0


def test_what_follows_a_rolled_back_message_rings(bells):
    def work() -> None:
        _rolled_back()
        queue()

    assert bells(work) == 1


def test_where_nothing_is_configured_nothing_rings(bells, settings):
    settings.OUTBOX_CHANNELS = settings.FALLBACK_NOTIFY_URLS = ()
    assert bells(queue) == 0


def test_a_delivery_that_runs_out_of_time_rings_for_the_rest(bot, chat, monkeypatch):
    rung = []
    monkeypatch.setattr(bell, "ring", lambda: rung.append(1))
    queue()
    rung.clear()
    delivery.deliver(seconds=0)
    assert rung == [1]
    delivery.deliver()
    assert rung == [1]


def test_the_bell_and_the_schedule_name_a_task_that_delivers(bot, chat):
    queue()
    assert bell.TASK in {schedule.path for schedule in schedules.SCHEDULES}
    assert import_string(bell.TASK)()["sent"] == 1
