"""How a call went: told once, by who holds the run."""

from __future__ import annotations

from uuid import uuid4

import pytest

from runs.models import McpCall, Run
from tests import factories
from tests.runs.gateway.support import Desk

pytestmark = pytest.mark.django_db
DONE = {"outcome": "success", "latency_ms": 120}


def report(desk, call_id, body=DONE):
    return desk.api.post(f"/platform/mcp/calls/{call_id}/result", body)


@pytest.fixture
def call_id(desk) -> str:
    return desk.ask().json()["call_id"]


@pytest.mark.parametrize("outcome", ["success", "failed"])
def test_outcome_and_latency_are_kept(desk, call_id, outcome):
    answer = report(desk, call_id, {"outcome": outcome, "latency_ms": 7})
    assert answer.status_code == 200
    assert answer.json()["already_reported"] is False
    call = McpCall.objects.get(pk=call_id)
    assert (call.result_status, call.latency_ms) == (outcome, 7)


def test_the_same_report_again_is_a_no_op_that_says_so(desk, call_id):
    report(desk, call_id)
    again = report(desk, call_id)
    assert (again.status_code, again.json()["already_reported"]) == (200, True)


def test_another_report_is_refused(desk, call_id):
    report(desk, call_id)
    answer = report(desk, call_id, {"outcome": "failed", "latency_ms": 120})
    assert (answer.status_code, answer.json()["code"]) == (409, "outcome_taken")
    assert McpCall.objects.get(pk=call_id).result_status == "success"


def test_a_blocked_call_has_no_outcome(desk):
    blocked = desk.ask("kubectl.exec").json()["call_id"]
    answer = report(desk, blocked)
    assert (answer.status_code, answer.json()["code"]) == (409, "call_blocked")


def test_another_worker_may_not_report(desk, call_id):
    another = Desk(factories.api_key("awoooi"), desk.contract, desk.run)
    answer = report(another, call_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_your_run")


def test_a_call_that_was_under_way_when_the_run_ended_is_reported(desk, call_id):
    Run.objects.filter(pk=desk.run.pk).update(state="cancelled")
    assert report(desk, call_id).status_code == 200


def test_a_call_of_another_project_is_unknown(desk, call_id, other_project):
    theirs = Desk(factories.api_key("other"), desk.contract, desk.run)
    assert report(theirs, call_id).status_code == report(theirs, uuid4()).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"outcome": "blocked"}, "outcome"),
        ({"outcome": "success", "latency_ms": -1}, "latency_ms"),
        ({"outcome": "success", "error": "x"}, "error"),
    ],
)
def test_a_bad_report_is_named_by_its_field(desk, call_id, body, field):
    answer = report(desk, call_id, body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
