"""A run from its creation to its end, by its worker and by others."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from awooop import clock
from awooop.models import AuditRecord
from runs.models import Approval, Run
from tests import factories
from tests.runs.api.writes import cases

RUNS = "/platform/runs"


def path(run, tail: str) -> str:
    return f"{RUNS}/{run.run_id}/{tail}"


def test_the_same_run_with_the_same_body_is_the_same_run(world):
    body = {"run_id": str(uuid4()), "agent_id": "sre-agent", "trigger_ref": "INC-20261120-AB12"}
    first = world.api.post(RUNS, body)
    before = cases.everything()
    again = world.api.post(RUNS, {**body, "is_shadow": False, "max_attempts": 3})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["incident_ids"] == ["INC-20261120-AB12"]
    assert cases.everything() == before


def test_the_same_run_id_with_another_body_is_a_conflict(world):
    body = {"run_id": str(uuid4()), "agent_id": "sre-agent"}
    world.api.post(RUNS, body)
    answer = world.api.post(RUNS, {**body, "is_shadow": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "run_id_taken")


def test_a_run_id_of_another_project_is_not_told_apart(world, other_project):
    body = {"run_id": str(uuid4()), "agent_id": "sre-agent"}
    factories.ApiClient(factories.api_key("other")).post(RUNS, body)
    answer = world.api.post(RUNS, body)
    assert answer.status_code == 409
    assert answer.json()["detail"] == "This run_id cannot be used."


def test_a_claim_hands_out_the_oldest_and_then_nothing(world):
    first = factories.run(agent_id="queue-agent")
    second = factories.run(agent_id="queue-agent")
    body = {"agent_id": "queue-agent", "worker_id": "w7"}
    claimed = [world.api.post(f"{RUNS}/claim", body) for _ in range(3)]
    assert [answer.status_code for answer in claimed] == [200, 200, 204]
    assert [answer.json()["run_id"] for answer in claimed[:2]] == [
        str(first.run_id),
        str(second.run_id),
    ]
    told = claimed[0].json()
    assert (told["state"], told["worker_id"], told["next_step_seq"]) == ("running", "w7", 1)
    assert claimed[2].content == b""


def test_only_the_worker_that_holds_the_run_may_speak_for_it(world):
    stranger = factories.ApiClient(factories.api_key("awoooi"))
    bodies = {
        "heartbeat": {},
        "transition": {"state": "completed"},
        "approval-requests": {"tool_name": "t", "suggested_action": "a"},
        "approval-token": {},
    }
    for tail, body in bodies.items():
        for api, more in ((stranger, {}), (world.api, {"worker_id": "another"})):
            answer = api.post(path(world.run, tail), {**body, **more})
            assert (answer.status_code, answer.json()["code"]) == (409, "not_your_run"), tail


def test_a_heartbeat_needs_no_body_and_tells_the_state(world):
    later = world.run.heartbeat_at + timedelta(seconds=30)
    with clock.set_to(later):
        answer = world.api.post(path(world.run, "heartbeat"), b"")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["state"], told["next_step_seq"]) == ("running", 1)
    world.run.refresh_from_db()
    assert world.run.heartbeat_at == later


def test_a_run_ends_with_what_its_worker_says(world):
    body = {"state": "failed", "error_code": "E-TOOL", "cost_usd": 0.1 + 0.2,
            "error_detail": "password=hunter2hunter2 for INC-20261120-CC33"}  # fmt: skip
    told = world.api.post(path(world.run, "transition"), body).json()
    assert told["state"] == "failed"
    assert told["cost_usd"] == "0.300000"
    assert "hunter2" not in told["error_detail"]
    assert told["incident_ids"] == ["INC-20261120-AB12", "INC-20261120-CC33"]


def test_what_is_final_stays(world):
    world.api.post(path(world.run, "transition"), {"state": "completed"})
    answer = world.api.post(path(world.run, "transition"), {"state": "failed"})
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")
    assert answer.json()["state"] == "completed"


def test_an_approval_is_asked_for_with_its_arguments(world):
    body = {
        "tool_name": "kubectl.delete",
        "suggested_action": "Delete the pod",
        "risk_level": "critical",
        "arguments": {"pod": "api-0"},
        "expires_in_s": 90,
        "required_approvals": 2,
        "worker_id": "w1",
    }
    answer = world.api.post(path(world.run, "approval-requests"), body)
    assert answer.status_code == 201
    told = answer.json()
    approval = Approval.objects.get(pk=told["approval_id"])
    assert approval.arguments == {"pod": "api-0"}
    assert approval.expires_at - approval.requested_at == timedelta(seconds=90)
    assert told["digest"] == approval.digest
    assert told["incident_id"] == "INC-20261120-AB12"
    assert Run.objects.get(pk=world.run.pk).state == "waiting_approval"


def test_a_waiting_run_cannot_ask_twice(world):
    body = {"tool_name": "t", "suggested_action": "a"}
    world.api.post(path(world.run, "approval-requests"), body)
    answer = world.api.post(path(world.run, "approval-requests"), body)
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")


def test_a_cancelled_run_is_audited_and_cannot_be_cancelled_again(world):
    told = world.api.post(path(world.run, "cancel"), {"reason": "Wrong cluster"}).json()
    assert (told["state"], told["error_code"]) == ("cancelled", "E-RUN-CANCELLED")
    assert AuditRecord.objects.filter(action="run.cancel").count() == 1
    answer = world.api.post(path(world.run, "cancel"), {"reason": "Again"})
    assert answer.status_code == 409


@pytest.mark.parametrize("tail", ["heartbeat", "approval-token"])
def test_a_run_that_is_not_here_is_not_found(world, tail):
    answer = world.api.post(f"{RUNS}/{uuid4()}/{tail}", {})
    assert answer.status_code == 404
