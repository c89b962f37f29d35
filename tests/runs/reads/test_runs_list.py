"""GET /platform/runs: rows, filters, search, paging, isolation."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import clock, tenancy
from runs.models import RemediationStatus, RunState
from tests import factories
from tests.runs.reads import rows

RUNS = "/platform/runs"


def ids(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [run["run_id"] for run in response.json()["runs"]]


def make(number: int, **values):
    with clock.set_to(rows.at(number)):
        return factories.run(values.pop("project_id", "awoooi"), **values)


def test_a_row_has_the_fields_of_the_contract(api):
    run = make(1, cost_usd="0.25")
    body = api.get(RUNS).json()
    (row,) = body["runs"]
    assert set(row) == {
        "run_id", "project_id", "agent_id", "state", "is_shadow", "cost_usd", "step_count",
        "created_at", "timeout_at", "remediation_summary",
    }  # fmt: skip
    assert row["run_id"] == str(run.run_id)
    assert row["cost_usd"] == "0.250000"
    assert row["created_at"] == "2026-11-01T08:00:01Z"
    rest = {name: value for name, value in body.items() if name != "runs"}
    assert rest == {
        "total": 1, "total_is_exact": True, "page": 1, "per_page": 50, "next_cursor": None,
    }  # fmt: skip


def test_runs_are_listed_newest_first(api):
    made = [make(number) for number in (3, 1, 2)]
    assert ids(api.get(RUNS)) == [str(made[index].run_id) for index in (0, 2, 1)]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"state": "running"}, {1}),
        ({"agent_id": "net-agent"}, {2}),
        ({"remediation_status": "write_observed"}, {3}),
        ({"incident_id": rows.INCIDENT}, {3}),
        ({"q": rows.INCIDENT.lower()}, {3}),
        ({"q": "net-agent"}, {2}),
        ({"q": "cron:"}, {2}),
        ({"q": "12345678"}, {1}),
        ({"q": "12345678-1234-5678-9abc-123456789abc"}, {1}),
        ({"q": "a%"}, set()),
        ({"state": "pending", "agent_id": "net-agent"}, {2}),
        ({"state": "running", "agent_id": "net-agent"}, set()),
        ({"project_id": "awoooi", "state": ""}, {1, 2, 3}),
    ],
)
def test_filters(api, key, filters, expected):
    with clock.set_to(rows.at(1)):
        first = factories.running(key, run_id=UUID("12345678-1234-5678-9abc-123456789abc"))
    made = {1: first}
    made[2] = make(2, agent_id="net-agent", trigger_ref="cron:nightly")
    made[3] = make(3, trigger_ref=f"alert {rows.INCIDENT}")
    rows.item(writes_incident_state=True)
    found = set(ids(api.get(RUNS, **filters)))
    assert found == {str(made[number].run_id) for number in expected}


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("state", "sleeping", RunState.values),
        ("remediation_status", "fixed", RemediationStatus.values),
        ("incident_id", "INC-20261101-AAAA extra", ["INC-"]),
        ("incident_id", "inc-20261101-aaaa", ["INC-"]),
        ("incident_id", "INC-20261101-AAAA\n", ["INC-"]),
        ("state", "pending ", RunState.values),
        ("agent_id", "a" * 129, ["128"]),
        ("page", "0", []),
        ("per_page", "201", []),
        ("cursor", "tampered", []),
    ],
)
def test_a_wrong_value_is_refused_by_name(api, name, value, named):
    response = api.get(RUNS, **{name: value})
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert error["field"] == name
    assert all(word in error["message"] for word in named)


def test_a_cursor_walks_on_though_runs_are_added_meanwhile(api):
    made = [str(make(number).run_id) for number in range(5)]
    first = api.get(RUNS, per_page=2).json()
    make(10)
    second = api.get(RUNS, per_page=2, cursor=first["next_cursor"]).json()
    third = api.get(RUNS, per_page=2, cursor=second["next_cursor"]).json()
    seen = [row["run_id"] for body in (first, second, third) for row in body["runs"]]
    assert seen == made[::-1]
    assert third["next_cursor"] is None


def test_page_numbers_work_as_well(api):
    made = [str(make(number).run_id) for number in range(5)]
    body = api.get(RUNS, page=2, per_page=2).json()
    assert [row["run_id"] for row in body["runs"]] == [made[2], made[1]]
    assert body["page"] == 2


def test_a_cursor_of_another_list_is_refused(api):
    for number in range(3):
        rows.event(provider_event_id=str(number), received_at=rows.at(number))
    cursor = api.get("/platform/channel-events", limit=1).json()["next_cursor"]
    assert cursor
    assert api.get(RUNS, cursor=cursor).status_code == 422


def test_an_altered_cursor_is_refused(api):
    make(1)
    make(2)
    cursor = api.get(RUNS, per_page=1).json()["next_cursor"]
    swapped = ("A" if cursor[3] != "A" else "B").join((cursor[:3], cursor[4:]))
    assert api.get(RUNS, cursor=swapped).status_code == 422


@pytest.fixture
def foreign_run(other_project):
    with tenancy.scope(["other"]):
        run = make(5, project_id="other", trigger_ref=f"{rows.INCIDENT} foreign")
        rows.item(project_id="other", writes_incident_state=True)
    return run


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"state": "pending"},
        {"agent_id": "sre-agent"},
        {"incident_id": rows.INCIDENT},
        {"remediation_status": "write_observed"},
        {"q": rows.INCIDENT},
        {"q": "sre-agent"},
    ],
)
def test_a_run_of_another_project_is_in_no_list(api, foreign_run, filters):
    assert ids(api.get(RUNS, **filters)) == []
    assert ids(api.get(RUNS, q=str(foreign_run.run_id))) == []


def test_another_project_is_as_unknown_as_one_that_does_not_exist(api, foreign_run):
    foreign, unknown = (api.get(RUNS, project_id=name) for name in ("other", "nowhere"))
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.json()["detail"] == unknown.json()["detail"]


def test_a_cursor_of_another_projects_key_shows_only_own_runs(api, foreign_run):
    with tenancy.scope(["other"]):
        make(6, project_id="other")
    own = str(make(1).run_id)
    others = factories.ApiClient(factories.api_key("other"))
    cursor = others.get(RUNS, per_page=1).json()["next_cursor"]
    assert ids(api.get(RUNS, cursor=cursor)) == [own]


def test_an_all_project_key_sees_all_newest_first(foreign_run):
    own = make(1)
    client = factories.ApiClient(rows.all_project_key())
    assert ids(client.get(RUNS)) == [str(foreign_run.run_id), str(own.run_id)]
    assert ids(client.get(RUNS, project_id="other")) == [str(foreign_run.run_id)]


def test_a_key_needs_the_scope_read(project):
    client = factories.ApiClient(factories.api_key("awoooi", scopes=("ingest",)))
    assert client.get(RUNS).status_code == 403
    assert factories.ApiClient(None).get(RUNS).status_code == 401


def test_twice_the_runs_cost_no_more_queries(api):
    def fill(numbers):
        for number in numbers:
            ident = f"INC-20261101-{number:04d}"
            make(number, trigger_ref=ident)
            rows.item(ident)
            rows.legacy(ident)

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert api.get(RUNS).status_code == 200
        return len(queries)

    fill(range(5))
    count()  # warms what is read once per process
    before = count()
    fill(range(5, 10))
    assert count() == before
