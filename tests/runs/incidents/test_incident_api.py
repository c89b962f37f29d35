"""`GET /platform/incidents` and `/platform/incidents/{incident_id}`."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import tenancy
from runs.models import Incident
from runs.selectors import incidents
from tests import factories
from tests.runs.incidents.test_incident_pages import ID, add_to_chain, make, with_a_whole_chain
from tests.runs.transactions import read_only

LIST = "/platform/incidents"


@pytest.fixture
def no_contributions(monkeypatch):
    monkeypatch.setattr(incidents, "_contributions", {})


def test_an_empty_list(api):
    body = api.get(LIST).json()
    assert (body["incidents"], body["total"], body["next_cursor"]) == ([], 0, None)


def test_a_row_has_every_field_of_the_model(api):
    make(labels={"alertname": "X"})
    (row,) = api.get(LIST).json()["incidents"]
    fields = {field.attname for field in Incident._meta.concrete_fields}
    assert set(row) == fields


def test_filters_and_search(api):
    make("INC-20261121-AAAA", severity="critical")
    make("INC-20261121-BBBB", title="Disk is filling")
    for query in ({"severity": "warning"}, {"q": "disk"}, {"q": "INC-20261121-B"}):
        found = api.get(LIST, **query).json()["incidents"]
        assert [row["incident_id"] for row in found] == ["INC-20261121-BBBB"]
    assert api.get(LIST, status="resolved").json()["total"] == 0


def test_pages_go_on(api):
    for number in range(3):
        make(f"INC-20261121-{number:04d}")
    first = api.get(LIST, per_page=2).json()
    rest = api.get(LIST, per_page=2, cursor=first["next_cursor"]).json()
    assert (len(first["incidents"]), len(rest["incidents"]), rest["next_cursor"]) == (2, 1, None)
    assert first["total"] == 3
    assert first["total_is_exact"] is True


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "x"}, "status"),
        ({"severity": "x"}, "severity"),
        ({"q": "x" * 201}, "q"),
        ({"per_page": 0}, "per_page"),
        ({"cursor": "x"}, "cursor"),
    ],
)
def test_bad_input_is_422_and_names_the_field(api, query, field):
    answer = api.get(LIST, **query)
    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}


def test_the_chain_has_every_part(api, key, no_contributions):
    incident = with_a_whole_chain(key)
    body = api.get(f"{LIST}/{incident.incident_id}").json()
    assert body["incident"]["incident_id"] == incident.incident_id
    parts = ("runs", "approvals", "evidence", "executions", "remediations")
    assert {part: len(body[part]) for part in parts} == dict.fromkeys(parts, 1)
    assert body["approvals"][0]["votes"] == 1
    assert body["evidence"][0]["execution_id"] == body["executions"][0]["id"]
    assert body["runs"][0]["run_id"] == body["approvals"][0]["run_id"]
    assert body["knowledge"] == []


def test_a_longer_chain_costs_no_more_statements(api, key):
    incident, counts = with_a_whole_chain(key), []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            api.get(f"{LIST}/{incident.incident_id}")
        counts.append(len(queries.captured_queries))
        add_to_chain(incident, key)
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "bad", ["INC-1-ABCD", "inc-20261121-ABCD", "INC-20261121-abc", "INC-20261121-ABC", "x"]
)
def test_what_is_no_incident_id_is_422(api, bad):
    answer = api.get(f"{LIST}/{bad}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "incident_id"


def test_an_unknown_one_is_404(api):
    assert api.get(f"{LIST}/{ID}").status_code == 404


def test_one_of_another_project_is_not_told_apart_from_unknown(api, other_project):
    with tenancy.scope(["other"]):
        make(project_id="other")
    unknown = api.get(f"{LIST}/INC-20261121-ZZZZ").json()
    foreign = api.get(f"{LIST}/{ID}").json()
    assert foreign["detail"] == unknown["detail"]
    assert api.get(LIST).json()["total"] == 0
    assert api.get(LIST, project_id="other").status_code == 404


def test_an_all_project_key_lists_every_project(project, other_project):
    make()
    with tenancy.scope(["other"]):
        make("INC-20261121-ZZZZ", project_id="other")
    everything = factories.ApiClient(factories.api_key(None))
    assert everything.get(LIST).json()["total"] == 2
    assert everything.get(LIST, q="checkout").json()["total"] == 2
    assert everything.get(LIST, project_id="other").json()["total"] == 1


def test_it_answers_in_a_read_only_transaction(api, key):
    incident = with_a_whole_chain(key)
    with read_only():
        assert api.get(LIST).status_code == 200
        assert api.get(f"{LIST}/{incident.incident_id}").status_code == 200


def test_a_higher_room_contributes_what_was_learned(api, no_contributions):
    make()
    incidents.contribute("knowledge", lambda incident: [{"title": f"About {incident.pk}"}])
    assert api.get(f"{LIST}/{ID}").json()["knowledge"] == [{"title": f"About {ID}"}]


def test_contributions_are_refused_twice_and_of_an_unknown_kind(no_contributions):
    incidents.contribute("knowledge", lambda incident: [])
    with pytest.raises(ValueError, match="already"):
        incidents.contribute("knowledge", lambda incident: [])
    with pytest.raises(ValueError, match="unknown"):
        incidents.contribute("weather", lambda incident: [])


def test_a_contribution_that_is_no_list_is_a_defect(project, no_contributions):
    incidents.contribute("knowledge", lambda incident: None)
    with pytest.raises(TypeError):
        incidents.contributed("knowledge", make())
