from __future__ import annotations

from awooop import tenancy
from awooop.models import AuditRecord, Project


def test_it_makes_a_project_and_records_it(command):
    ran = command("createproject", "fresh", "--name", "Fresh")
    assert ran.code == 0
    assert "fresh" in ran.out
    with tenancy.scope(["fresh"]):
        assert Project.objects.get().display_name == "Fresh"
        record = AuditRecord.objects.get()
    assert (record.action, record.actor) == ("project.create", "manage.py createproject")


def test_it_reports_for_machines(command):
    ran = command("createproject", "fresh", "--name", "Fresh", "--json")
    assert ran.json == {"ok": True, "project_id": "fresh", "name": "Fresh"}


def test_a_second_of_the_id_is_one_line_and_a_failure(command):
    command("createproject", "fresh", "--name", "Fresh")
    ran = command("createproject", "fresh", "--name", "Again", "--json")
    assert ran.code == 1
    assert ran.error == "The project fresh exists already."
    assert ran.json["code"] == "exists"


def test_a_bad_id_is_named(command):
    ran = command("createproject", "Not OK", "--name", "x", "--json")
    assert ran.code == 1
    assert ran.json["errors"][0]["field"] == "project_id"


def test_an_unknown_time_zone_is_named_and_nothing_is_made(command):
    ran = command("createproject", "fresh", "--name", "x", "--timezone", "Mars/Base", "--json")
    assert ran.code == 1
    assert ran.json["errors"][0]["field"] == "timezone"
    with tenancy.scope(["fresh"]):
        assert not Project.objects.exists()
