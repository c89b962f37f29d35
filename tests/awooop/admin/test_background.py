from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django_q.models import Schedule

from awooop import background, clock, schedules
from awooop.models import TaskHeartbeat

LIST = reverse("admin:django_q_schedule_changelist")


@pytest.fixture
def tick(project):
    schedules.write()
    return Schedule.objects.get(name="cluster.tick")


def _act(schedule, name: str) -> str:
    return reverse("admin:django_q_schedule_act", args=[schedule.pk, name])


def _bell(name: str) -> background.Bell:
    return {bell.name: bell for bell in background.bells()}[name]


def test_a_schedule_is_paused_and_resumed(root_page, tick):
    assert root_page.post(_act(tick, "pause"), {"apply": "1"}).status_code == 302
    assert _bell("cluster.tick").is_paused
    schedules.write()
    assert _bell("cluster.tick").is_paused
    assert root_page.post(_act(tick, "pause"), {"apply": "1"}).status_code == 409
    assert root_page.post(_act(tick, "resume"), {"apply": "1"}).status_code == 302
    tick.refresh_from_db()
    assert tick.repeats == -1


def test_a_project_administrator_does_not_see_the_schedules(admin_page, tick):
    assert admin_page.get(LIST).status_code == 403
    assert admin_page.post(_act(tick, "pause"), {"apply": "1"}).status_code == 403


def test_the_list_shows_when_each_last_worked(root_page, tick):
    TaskHeartbeat.objects.create(kind="cluster.tick", last_success_at=clock.now())
    (row,) = [s for s in root_page.get(LIST).context["cl"].result_list if s.pk == tick.pk]
    assert row.succeeded_at is not None


def test_a_task_that_never_ran_is_late(tick):
    assert _bell("cluster.tick").is_late


def test_a_task_that_failed_last_is_failing(tick):
    at = clock.now()
    TaskHeartbeat.objects.create(
        kind="cluster.tick", last_success_at=at - timedelta(minutes=1), last_failure_at=at
    )
    assert _bell("cluster.tick").is_failing


def test_other_tables_of_the_queue_are_not_administered(root_page):
    assert root_page.get("/admin/django_q/ormq/").status_code == 404
    assert root_page.get("/admin/django_q/success/").status_code == 404
