"""A repeated write is a no-op, a taken id is refused without telling whose it is."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import tenancy
from runs.models import Incident, Run
from tests import factories
from tests.runs.api.writes import cases

every_list = pytest.mark.parametrize("name", cases.LISTS)


def keyed(name: str, count: int) -> list[dict]:
    key = cases.own_key(name)
    return [{**row, key: cases.fresh_key(name)} for row in cases.rows(name, count)]


@every_list
def test_a_list_is_written_and_its_ids_told_in_order(world, name):
    rows = keyed(name, 5)
    answer = world.api.post(cases.LISTS[name].path(world), rows)
    assert answer.status_code == 201
    body = answer.json()
    assert (body["written"], body["duplicates"]) == (5, 0)
    assert body["ids"] == [row[cases.own_key(name)] for row in rows]


@every_list
def test_the_same_again_is_a_no_op(world, name):
    case = cases.LISTS[name]
    rows = keyed(name, 5)
    first = world.api.post(case.path(world), rows).json()
    before = cases.everything()
    answer = world.api.post(case.path(world), rows)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["written"], body["duplicates"]) == (0, 5)
    assert body["ids"] == first["ids"]
    assert cases.everything() == before


@every_list
def test_what_is_new_of_a_list_is_written(world, name):
    case = cases.LISTS[name]
    rows = keyed(name, 6)
    world.api.post(case.path(world), rows[:3])
    body = world.api.post(case.path(world), rows[1:]).json()
    assert (body["written"], body["duplicates"]) == (3, 2)
    assert body["ids"] == [row[cases.own_key(name)] for row in rows[1:]]


@every_list
def test_the_same_row_twice_in_a_list_is_written_once(world, name):
    row = keyed(name, 1)[0]
    body = world.api.post(cases.LISTS[name].path(world), [row, row]).json()
    assert (body["written"], body["duplicates"]) == (1, 1)
    assert body["ids"] == [row[cases.own_key(name)]] * 2


@every_list
def test_an_id_of_another_project_cannot_be_used(world, other_project, name):
    case = cases.LISTS[name]
    foreign = _in_other_project(name)
    taken = keyed(name, 3)
    taken[1][cases.own_key(name)] = foreign
    before = cases.everything()
    answer = world.api.post(case.path(world), taken)
    assert answer.status_code == 409
    body = answer.json()
    assert body["code"] == "id_taken"
    assert [error["field"] for error in body["errors"]] == [f"1.{cases.own_key(name)}"]
    assert "other" not in body["detail"]
    assert cases.everything() == before


@pytest.mark.parametrize("name", ["steps", "mcp-calls", "messages"])
def test_an_id_of_another_run_cannot_be_used(world, name):
    case = cases.LISTS[name]
    row = keyed(name, 1)[0]
    another = factories.running(world.key)
    path = case.path(world).replace(str(world.run.run_id), str(another.run_id))
    assert world.api.post(path, row).status_code == 201
    answer = world.api.post(case.path(world), row)
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["field"] == cases.own_key(name)


@every_list
def test_a_list_of_twice_the_length_costs_no_more_queries(world, name):
    _queries(world, name, 1)  # notes the key's use, links the run
    assert _queries(world, name, 10, start=50) == _queries(world, name, 20, start=100)


@every_list
def test_a_list_of_a_thousand_is_taken(world, name):
    answer = world.api.post(cases.LISTS[name].path(world), cases.rows(name, 1_000))
    assert answer.json()["written"] == 1_000


def _queries(world, name: str, count: int, start: int = 1) -> int:
    rows = cases.rows(name, count, start)
    for row in rows:
        row |= _references(world, name)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = world.api.post(cases.LISTS[name].path(world), rows)
    assert answer.json()["written"] == count, answer.content
    return len(captured)


def _references(world, name: str) -> dict:
    """Make each row refer to all that it may: links and updates of others count, too."""
    text = f"See {world.incident.pk} and INC-20261120-FFFF"
    return {
        "messages": {"content": text},
        "channel-events": {"content_redacted": text, "run_id": str(world.run.run_id)},
        "executions": {
            "run_id": str(world.run.run_id), "playbook_id": str(world.playbook.playbook_id)
        },
        "evidence": {"run_id": str(world.run.run_id)},
        "legacy-records": {"incident_id": world.incident.pk},
    }.get(name, {})  # fmt: skip


def _in_other_project(name: str) -> str:
    """Write one row of the kind in project `other`; answers its id."""
    key = factories.api_key("other")
    with tenancy.scope(["other"]):
        Incident.objects.create(incident_id="INC-20261120-OTHR", project_id="other", title="x")
        run = Run.objects.create(project_id="other", agent_id="sre-agent", run_id=uuid4())
    path = cases.LISTS[name].path(
        cases.World(key=key, run=run, waiting=None, playbook=None,
                    incident=Incident(incident_id="INC-20261120-OTHR"))
    )  # fmt: skip
    answer = factories.ApiClient(key).post(path, keyed(name, 1)[0])
    assert answer.status_code == 201, answer.content
    return answer.json()["ids"][0]
