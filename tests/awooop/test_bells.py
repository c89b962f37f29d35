"""One look of the cluster for many that ring, and none that is missed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django_q.models import OrmQ

from awooop import bells, clock
from awooop.webhooks import emitting, tasks

PATH = "awooop.webhooks.tasks.deliver"

pytestmark = pytest.mark.django_db


def test_a_bell_that_waits_is_not_rung_again():
    assert [bells.ring("b", PATH) for _ in range(5)] == [True, False, False, False, False]
    assert OrmQ.objects.count() == 1


def test_once_heard_it_is_rung_anew():
    bells.ring("b", PATH)
    bells.heard("b")
    assert bells.ring("b", PATH)
    assert OrmQ.objects.count() == 2


def test_each_has_its_own():
    assert bells.ring("b", PATH)
    assert bells.ring("c", PATH)


def test_one_that_was_lost_is_rung_again_after_a_while():
    at = clock.now()
    with clock.set_to(at):
        bells.ring("b", PATH)
    with clock.set_to(at + timedelta(minutes=2)):
        assert bells.ring("b", PATH)


def test_the_task_hears_it_before_it_looks(monkeypatch):
    rung: list[bool] = []
    # What is written while it looks rings again.
    monkeypatch.setattr(
        tasks.delivery, "deliver", lambda: rung.append(bells.ring(emitting.BELL, PATH)) or {}
    )
    bells.ring(emitting.BELL, PATH)
    tasks.deliver()
    assert rung == [True]


def test_the_outbox_hears_its_own(monkeypatch):
    from runs import tasks as runs_tasks
    from runs.outbox import bell

    bells.ring(bell.BELL, bell.TASK)
    runs_tasks.deliver_outbox()
    assert bells.ring(bell.BELL, bell.TASK)
