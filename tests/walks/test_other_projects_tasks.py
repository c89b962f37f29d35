"""What runs in the background works on every project, and takes nothing from one to another."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection
from django.utils.module_loading import import_string

from awooop import tenancy
from awooop.schedules import SCHEDULES
from runs.models import Approval, Incident, Run
from tests.walks.addresses import has_project

pytestmark = pytest.mark.django_db
MODELS = [model for model in apps.get_models() if has_project(model)]


@pytest.fixture
def worked(worlds) -> None:
    """The state after each task has run: there was work for them in both projects."""
    mine, theirs = worlds
    with tenancy.scope([mine.project_id]):  # my overdue approval speaks of their open incident
        mine_overdue = Approval.objects.get(pk=mine.one("runs.approval", 2).pk)
        mine_overdue.incident_id = theirs.incident_id(1)
        mine_overdue.save()
    for schedule in SCHEDULES:
        import_string(schedule.path)()


def test_they_work_on_both(worlds, worked):
    for world in worlds:
        with tenancy.scope([world.project_id]):
            assert Approval.objects.get(pk=world.one("runs.approval", 2).pk).status == "expired"
            assert Run.objects.get(pk=world.one("runs.run", 2).pk).state == "pending"


def test_what_mine_says_of_their_incident_does_not_end_it(theirs, worked):
    with tenancy.scope([theirs.project_id]):
        assert Incident.objects.get(pk=theirs.incident_id(1)).status == "open"


def test_no_row_tells_of_another_project(worlds, worked):
    """Each row holds the mark of its own project only, but for what it was made to hold."""
    made_so, told = worlds[1].incident_id(1), []
    for own, other in (worlds, worlds[::-1]):
        with tenancy.scope([own.project_id]), connection.cursor() as cursor:
            for model in MODELS:
                cursor.execute(f'select t::text from "{model._meta.db_table}" t')
                rows = [row.replace(made_so, "") for (row,) in cursor.fetchall()]
                told += [(model._meta.label, row) for row in rows if other.mark in row.lower()]
    assert told == []


def test_no_row_refers_to_one_of_another_project(worlds, worked):
    crossing = []
    with tenancy.all_projects(), connection.cursor() as cursor:
        for model in MODELS:
            for field in model._meta.concrete_fields:
                target = field.related_model
                if target is None or not has_project(target):
                    continue
                cursor.execute(
                    f'select count(*) from "{model._meta.db_table}" one'
                    f' join "{target._meta.db_table}" other'
                    f' on one."{field.column}" = other."{target._meta.pk.column}"'
                    " where one.project_id is distinct from other.project_id"
                )
                if cursor.fetchone()[0]:
                    crossing.append(str(field))
    assert crossing == []
