"""The kill switch by API and at a terminal."""

from __future__ import annotations

import pytest

from awooop import stops
from tests import factories
from tests.awooop.commands.conftest import run
from tests.awooop.stops.support import place

pytestmark = pytest.mark.django_db
BODY = {"tool_name": "pg.drop", "reason": "Too bold"}


def test_a_key_stops_and_lifts(api):
    made = api.post("/platform/stops", BODY)
    assert made.status_code == 201
    assert (made.json()["scope"], made.json()["project_id"]) == ("tool", "awoooi")
    ident = made.json()["stop_id"]
    assert [one["stop_id"] for one in api.get("/platform/stops").json()["stops"]] == [ident]
    lifted = api.post(f"/platform/stops/{ident}/lift", {"reason": "Mended"})
    assert lifted.json()["lift_reason"] == "Mended"
    assert api.get("/platform/stops").json() == {"stops": [], "total": 0}
    assert api.get("/platform/stops", status="lifted").json()["total"] == 1


def test_a_second_one_is_a_conflict(api):
    api.post("/platform/stops", BODY)
    again = api.post("/platform/stops", BODY)
    assert (again.status_code, again.json()["code"]) == (409, "already_stopped")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"tool_name": "x"}, "reason"),
        ({"reason": ""}, "reason"),
        ({**BODY, "agent_id": "a"}, "tool_name"),
        ({**BODY, "everywhere": True}, "everywhere"),
        ({**BODY, "project_id": "awoooi", "every_project": True}, "project_id"),
    ],
)
def test_bad_bodies_name_their_field(api, body, field):
    answer = api.post("/platform/stops", body)
    assert answer.status_code == 422
    assert [row["field"] for row in answer.json()["errors"]] == [field]


def test_every_project_takes_a_key_of_every_project(api, other_project):
    body = {"every_project": True, "reason": "All is odd"}
    assert api.post("/platform/stops", body).status_code == 403
    everywhere = factories.ApiClient(factories.api_key(None))
    assert everywhere.post("/platform/stops", body).json()["scope"] == "all"
    assert api.get("/platform/stops").json()["stops"][0]["project_id"] is None


@pytest.mark.parametrize("scopes", [["read"], ["ingest"], ["decide"]])
def test_it_takes_the_scope_govern(project, scopes):
    api = factories.ApiClient(factories.api_key(scopes=scopes))
    assert api.post("/platform/stops", BODY).status_code == 403
    stop = place()
    assert api.post(f"/platform/stops/{stop.pk}/lift", {"reason": "x"}).status_code == 403


def test_the_commands_stop_and_resume(other_project):
    ran = run("stop", "--project", "awoooi", "--agent", "sre-agent", "--reason", "Odd", "--json")
    assert (ran.code, ran.json["scope"], ran.json["stopped_by"]) == (0, "agent", "manage.py stop")
    assert ran.json["stop_id"] in run("stop", "--list").out
    done = run("resume", ran.json["stop_id"], "--reason", "Mended")
    assert done.out.startswith("Lifted.")
    assert run("stop", "--list").out == "Nothing is stopped.\n"


def test_the_command_stops_every_project(other_project):
    assert run("stop", "--all", "--reason", "Odd").code == 0
    assert stops.holding("other").scope == "all"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--reason", "x"], "Say where"),
        (["--project", "awoooi"], "reason"),
        (["--project", "nowhere", "--reason", "x"], "No such project"),
        (["--all", "--project", "awoooi", "--reason", "x"], "not allowed with"),
    ],
)
def test_a_command_that_cannot_be_meant_is_refused(project, arguments, says):
    ran = run("stop", *arguments)
    assert ran.code == 1
    assert says in ran.error


def test_an_unknown_stop_is_not_lifted(project):
    ran = run("resume", "00000000-0000-0000-0000-000000000009", "--reason", "x")
    assert (ran.code, "No such stop" in ran.error) == (1, True)
