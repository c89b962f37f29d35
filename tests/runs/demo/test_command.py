"""`manage.py demo`: what it makes the demo of, what it refuses, and what it says."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from awooop import callers, clock, tenancy
from awooop.actions import projects
from awooop.errors import Conflict
from awooop.models import Project
from runs.models import Incident, Run
from tests import factories
from tests.runs.demo.conftest import MOMENT, PROJECT, make


def _run_command(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    with clock.set_to(MOMENT):
        call_command("demo", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def said(module_db) -> str:
    """What the command says that is told to be silent, about the empty project `quiet`."""
    factories.project("quiet")
    return _run_command("--verbosity", "0", "--project", "quiet")[1]


def test_an_empty_project_becomes_the_demo(said, db):
    with tenancy.scope(["quiet"]):
        assert Project.objects.get(project_id="quiet").is_demo
        assert Run.objects.exists()


def test_progress_can_be_silenced(said):
    assert said == ""


def test_a_project_with_a_history_of_its_own_is_refused(project):
    Incident.objects.create(incident_id="INC-20261101-REAL", project_id=PROJECT, title="real")
    with pytest.raises(Conflict):
        make()
    assert not Run.objects.exists()


def test_the_command_reports_to_machines(db):
    out, err = _run_command("--json")
    report = json.loads(out)
    assert report["made"] is True
    assert report["rows"]["runs"] > 600
    assert "runs: " in err
    assert json.loads(_run_command("--json")[0])["made"] is False


def test_the_command_says_how_to_start_afresh(db):
    with pytest.raises(CommandError, match="append-only"):
        _run_command("--reset")
    with tenancy.scope([PROJECT]):
        assert not Project.objects.exists()


def test_the_command_refuses_a_real_project(project):
    by = callers.system("tests", [PROJECT])
    with tenancy.scope([PROJECT]):
        projects.update(by=by, project=Project.objects.get(project_id=PROJECT))
        Incident.objects.create(incident_id="INC-20261101-REAL", project_id=PROJECT, title="real")
    with pytest.raises(CommandError, match="history of its own"):
        _run_command()
