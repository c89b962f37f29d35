"""`GET /platform/approvals`: what waits, oldest first."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import clock, tenancy
from runs.actions import approvals
from runs.models import Run
from tests import factories
from tests.runs.transactions import read_only

LIST = "/platform/approvals"


def test_an_empty_list(api):
    body = api.get(LIST).json()
    assert (body["approvals"], body["items"], body["total"]) == ([], [], 0)


def test_a_row_has_what_the_contract_names(api, key):
    approval = factories.waiting(key, arguments={"replicas": 3}, required_approvals=2)
    body = api.get(LIST).json()
    (row,) = body["approvals"]
    assert body["items"] == body["approvals"]
    assert {
        "run_id", "approval_id", "project_id", "agent_id", "tool_name", "suggested_action",
        "risk_level", "created_at", "expires_at", "timeout_at", "required_approvals", "votes",
        "remediation_summary", "awooop_status_chain",
    } <= set(row)  # fmt: skip
    assert row["approval_id"] == str(approval.pk)
    assert row["arguments"] == {"replicas": 3}
    assert row["digest"] == approval.digest
    assert row["votes"] == 0
    assert row["awooop_status_chain"] is None  # it names no incident
    assert row["remediation_summary"]["human_gate_open"] is True


def test_votes_so_far_are_counted_and_named(api, key, operator):
    approval = factories.waiting(key, required_approvals=2)
    by = factories.caller_of_user(operator)
    approvals.decide(by=by, approval_id=approval.pk, decision="approve", reason="fine")
    (row,) = api.get(LIST).json()["approvals"]
    assert row["votes"] == 1
    assert row["votes_detail"][0]["approver"] == "operator@example.org"
    assert row["votes_detail"][0]["reason"] == "fine"


def test_what_is_decided_is_not_listed(api, key, operator):
    approval = factories.waiting(key)
    by = factories.caller_of_user(operator)
    approvals.decide(by=by, approval_id=approval.pk, decision="approve")
    assert api.get(LIST).json()["total"] == 0


def test_the_oldest_comes_first_and_pages_go_on(api, key):
    at, made = clock.now(), []
    for minutes in (9, 5, 1):
        with clock.set_to(at - timedelta(minutes=minutes)):
            made.append(str(factories.waiting(key).pk))
    first = api.get(LIST, per_page=2).json()
    rest = api.get(LIST, per_page=2, cursor=first["next_cursor"]).json()
    ids = [row["approval_id"] for row in first["approvals"] + rest["approvals"]]
    assert ids == made
    assert (first["total"], rest["next_cursor"]) == (3, None)


def test_an_overdue_one_is_listed_and_marked(api, key):
    approval = factories.waiting(key)
    with clock.set_to(approval.expires_at + timedelta(seconds=1)):
        (row,) = api.get(LIST).json()["approvals"]
    assert row["is_overdue"] is True


def test_by_run_and_by_remediation_status(api, key):
    first, second = factories.waiting(key), factories.waiting(key)
    Run.objects.filter(pk=second.run_id).update(remediation_status="blocked")
    by_run = api.get(LIST, run_id=str(first.run_id)).json()["approvals"]
    by_status = api.get(LIST, remediation_status="blocked").json()["approvals"]
    assert [row["approval_id"] for row in by_run] == [str(first.pk)]
    assert [row["approval_id"] for row in by_status] == [str(second.pk)]
    assert api.get(LIST, run_id=str(uuid4())).json()["total"] == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"remediation_status": "fine"}, "remediation_status"),
        ({"run_id": "x"}, "run_id"),
        ({"per_page": 201}, "per_page"),
        ({"page": 0}, "page"),
        ({"cursor": "made-up"}, "cursor"),
    ],
)
def test_bad_input_is_422_and_names_the_field(api, query, field):
    answer = api.get(LIST, **query)
    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}


def test_an_unknown_remediation_status_is_answered_with_the_allowed_ones(api):
    detail = api.get(LIST, remediation_status="fine").json()["detail"]
    assert "read_only_dry_run" in detail


def test_another_project_is_not_found_and_not_listed(api, other_project):
    foreign_key = factories.api_key("other")
    with tenancy.scope(["other"]):
        foreign = factories.waiting(foreign_key, "other")
    assert api.get(LIST).json()["total"] == 0
    assert api.get(LIST, run_id=str(foreign.run_id)).json()["total"] == 0
    assert api.get(LIST, project_id="other").status_code == 404


def test_a_key_without_the_scope_is_403(project):
    assert factories.ApiClient(factories.api_key(scopes=["ingest"])).get(LIST).status_code == 403


def test_twice_as_many_cost_no_more_statements(api, key):
    counts = []
    for _ in range(2):
        for number in range(5):
            ref = f"INC-20261121-{len(counts)}{number}AA"
            factories.waiting(key, run_values={"trigger_ref": ref})
        with CaptureQueriesContext(connection) as queries:
            api.get(LIST)
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]


def test_it_answers_in_a_read_only_transaction(api, key):
    factories.waiting(key)
    with read_only():
        assert api.get(LIST).status_code == 200
