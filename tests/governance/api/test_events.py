"""`GET /ai/governance/events` and resolving one."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import clock, tenancy
from awooop.models import AuditRecord
from governance.models import GovernanceEvent
from tests import factories
from tests.governance import samples as rows
from tests.runs.transactions import read_only

LIST = "/ai/governance/events"


def resolve(client, event_id, body):
    return client.post(f"{LIST}/{event_id}/resolve", body)


def test_an_empty_list(api):
    body = api.get(LIST).json()
    assert (body["items"], body["total"], body["page"], body["size"]) == ([], 0, 1, 50)


def test_a_row_has_what_the_contract_names(api):
    event = rows.event(event_type="knowledge_degradation", details={"ratio": 0.4})
    dispatch = rows.dispatch(event)
    (row,) = api.get(LIST).json()["items"]
    assert {
        "id", "event_type", "severity", "triggered_at", "resolved", "resolved_at", "impact",
        "details", "remediation", "dispatch_ids",
    } <= set(row)  # fmt: skip
    assert row["id"] == str(event.pk)
    assert row["details"] == {"ratio": 0.4}
    assert row["dispatch_ids"] == [str(dispatch.pk)]
    assert (row["resolved"], row["resolved_at"]) == (False, None)
    assert row["triggered_at"].endswith("Z")


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({}, {"a", "b", "c"}),
        ({"event_type": "trust_drift"}, {"a"}),
        ({"severity": "critical"}, {"b"}),
        ({"resolved": "true"}, {"c"}),
        ({"resolved": "false"}, {"a", "b"}),
        ({"resolved": "False"}, {"a", "b"}),
        ({"event_type": "trust_drift", "severity": "critical"}, set()),
        ({"project_id": "awoooi", "resolved": "true"}, {"c"}),
    ],
)
def test_filters(api, query, wanted):
    rows.event(subject="a")
    rows.event(subject="b", event_type="slo_violation", severity="critical")
    rows.event(subject="c", event_type="kb_stale", resolved=True)
    body = api.get(LIST, **query).json()
    assert {row["subject"] for row in body["items"]} == wanted
    assert body["total"] == len(wanted)


def test_the_newest_comes_first_by_page_and_by_cursor(api):
    at = clock.now()
    for hours in range(5):
        rows.event(subject=str(hours), triggered_at=at - timedelta(hours=hours))
    first = api.get(LIST, size=2).json()
    by_cursor = api.get(LIST, size=2, cursor=first["next_cursor"]).json()
    by_page = api.get(LIST, size=2, page=2).json()
    last = api.get(LIST, size=2, page=3).json()
    said = [[row["subject"] for row in one["items"]] for one in (first, by_page, by_cursor, last)]
    assert said == [["0", "1"], ["2", "3"], ["2", "3"], ["4"]]
    assert (first["total"], last["next_cursor"], by_page["page"]) == (5, None, 2)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"severity": "grave"}, "severity"),
        ({"resolved": "perhaps"}, "resolved"),
        ({"event_type": "Trust Drift!"}, "event_type"),
        ({"size": 201}, "size"),
        ({"page": 0}, "page"),
        ({"cursor": "made-up"}, "cursor"),
    ],
)
def test_bad_input_is_422_and_names_the_field(api, query, field):
    answer = api.get(LIST, **query)
    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}


def test_another_project_is_not_found_and_not_listed(api, other_project):
    with tenancy.scope(["other"]):
        foreign = rows.event("other")
    assert api.get(LIST).json()["total"] == 0
    assert api.get(LIST, project_id="other").status_code == 404
    assert resolve(api, foreign.pk, {"note": "mine now"}).status_code == 404


def test_a_key_for_all_projects_sees_them_merged(other_project):
    rows.event(subject="here")
    with tenancy.scope(["other"]):
        rows.event("other", subject="there")
    client = factories.ApiClient(factories.api_key(None))
    subjects = [row["subject"] for row in client.get(LIST).json()["items"]]
    assert subjects == ["there", "here"]


def test_twice_as_many_cost_no_more_statements(api):
    counts = []
    for _ in range(2):
        for _ in range(5):
            rows.dispatch(rows.event(subject=str(uuid4())))
        with CaptureQueriesContext(connection) as queries:
            api.get(LIST)
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]


def test_it_answers_in_a_read_only_transaction(api):
    rows.event()
    with read_only():
        assert api.get(LIST).status_code == 200


# resolving


def test_resolving_answers_the_event_and_records_it(api):
    event = rows.event()
    answer = resolve(api, event.pk, {"note": "Playbooks were retrained"})
    assert answer.status_code == 200
    body = answer.json()
    assert body["resolved"] is True
    assert body["resolved_at"] is not None
    assert body["resolution_note"] == "Playbooks were retrained"
    record = AuditRecord.objects.get(action="governance.event.resolve")
    assert record.details["note"] == "Playbooks were retrained"


def test_resolving_again_is_a_conflict_that_changes_nothing(api):
    event = rows.event()
    resolve(api, event.pk, {"note": "first"})
    answer = resolve(api, event.pk, {"note": "second"})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_resolved")
    assert GovernanceEvent.objects.get().resolution_note == "first"


@pytest.mark.parametrize(
    "body", [{}, {"note": ""}, {"note": "   "}, {"note": "x" * 501}, {"note": 7}]
)
def test_a_note_is_needed(api, body):
    event = rows.event()
    answer = resolve(api, event.pk, body)
    assert answer.status_code == 422
    assert "note" in {error["field"] for error in answer.json()["errors"]}
    assert not GovernanceEvent.objects.get().resolved


def test_an_unknown_key_of_the_body_is_named(api):
    answer = resolve(api, rows.event().pk, {"note": "x", "resolved_by": "me"})
    assert answer.status_code == 422
    assert "resolved_by" in answer.json()["detail"]


def test_an_unknown_event_is_404_and_a_malformed_id_422(api):
    assert resolve(api, uuid4(), {"note": "x"}).status_code == 404
    assert resolve(api, "7", {"note": "x"}).status_code == 422


@pytest.mark.parametrize("scopes", [["read"], ["ingest"], ["decide"], ["read", "ingest", "decide"]])
def test_resolving_needs_the_scope_govern(project, scopes):
    event = rows.event()
    client = factories.ApiClient(factories.api_key(scopes=scopes))
    assert resolve(client, event.pk, {"note": "x"}).status_code == 403


def test_listing_needs_the_scope_read(project):
    client = factories.ApiClient(factories.api_key(scopes=["govern"]))
    assert client.get(LIST).status_code == 403
    assert factories.ApiClient(None).get(LIST).status_code == 401
