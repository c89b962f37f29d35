"""Decisions over the API, and the token that comes of them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from awooop import clock
from awooop.models import AuditRecord, Project
from runs.models import Approval, ApprovalToken, Step
from tests import factories

REDEEM = "/platform/approvals/tokens/redeem"


@pytest.fixture
def asked(world):
    """The world's run waits for a decision that the world's own key asked for."""
    body = {
        "tool_name": "kubectl.delete",
        "suggested_action": "Delete the pod",
        "arguments": {"pod": "api-0"},
    }
    answer = world.api.post(f"/platform/runs/{world.run.run_id}/approval-requests", body)
    assert answer.status_code == 201
    return world


@pytest.fixture
def decider(world):
    return factories.ApiClient(factories.api_key("awoooi", scopes=["decide"]))


def decide(api, world, decision: str = "approve", **more):
    body = {"decision": decision, "reason": "Looked at it", **more}
    return api.post(f"/platform/approvals/{world.run.run_id}/decide", body)


def test_an_approval_lets_the_run_go_on_and_tells_the_token_once(asked, decider):
    told = decide(decider, asked).json()
    token = ApprovalToken.objects.get()
    assert told["run_id"] == str(asked.run.run_id)
    assert (told["decision"], told["new_state"]) == ("approve", "running")
    assert told["approval_token_jti"] == str(token.jti)
    assert told["approval_token"].count(".") == 2
    assert AuditRecord.objects.filter(action="run.approval.approve").count() == 1
    again = decide(decider, asked)
    assert (again.status_code, again.json()["code"]) == (409, "not_waiting")
    assert again.json()["state"] == "running"


def test_a_rejection_cancels_the_run(asked, decider):
    told = decide(decider, asked, "reject").json()
    assert told["new_state"] == "cancelled"
    assert told["approval_token"] is None
    asked.run.refresh_from_db()
    assert (asked.run.state, asked.run.error_code) == ("cancelled", "E-APPR-REJECTED")
    step = Step.objects.get(run=asked.run)
    assert step.tool_name == "operator_console.reject"
    assert "decision=reject; reason=Looked at it" in step.summary


def test_who_asked_may_not_decide(asked):
    answer = decide(asked.api, asked)
    assert (answer.status_code, answer.json()["code"]) == (403, "requester_may_not_decide")


def test_a_quorum_needs_different_approvers(world, decider):
    world.api.post(
        f"/platform/runs/{world.run.run_id}/approval-requests",
        {"tool_name": "t", "suggested_action": "a", "required_approvals": 2},
    )
    first = decide(decider, world).json()
    assert (first["new_state"], first["approval_token"]) == ("waiting_approval", None)
    assert decide(decider, world).json()["code"] == "already_voted"
    second = factories.ApiClient(factories.api_key("awoooi", scopes=["decide"]))
    assert decide(second, world).json()["approval_token"]


def test_an_overdue_approval_cannot_be_decided(asked, decider):
    approval = Approval.objects.get(run=asked.run)
    with clock.set_to(approval.expires_at):
        answer = decide(decider, asked)
    assert (answer.status_code, answer.json()["code"]) == (409, "approval_overdue")


def test_an_extension_moves_the_end_and_the_digest(asked, decider):
    approval = Approval.objects.get(run=asked.run)
    answer = decider.post(
        f"/platform/approvals/{approval.pk}/extend", {"seconds": 600, "reason": "Asking the team"}
    )
    told = answer.json()
    before, end = approval.expires_at, approval.digest
    approval.refresh_from_db()
    assert approval.expires_at == before + timedelta(seconds=600)
    assert told["digest"] == approval.digest != end
    assert AuditRecord.objects.filter(action="run.approval.extend").count() == 1


def test_what_is_decided_cannot_be_extended(asked, decider):
    approval = Approval.objects.get(run=asked.run)
    decide(decider, asked)
    answer = decider.post(
        f"/platform/approvals/{approval.pk}/extend", {"seconds": 600, "reason": "x"}
    )
    assert answer.status_code == 409


def test_the_worker_fetches_the_token_that_the_decider_was_told(asked, decider):
    told = decide(decider, asked).json()
    answer = asked.api.post(f"/platform/runs/{asked.run.run_id}/approval-token", b"")
    assert answer.status_code == 200
    assert answer.json()["approval_token"] == told["approval_token"]
    assert answer.json()["approval_token_jti"] == told["approval_token_jti"]


def test_there_is_no_token_before_the_decision(asked):
    answer = asked.api.post(f"/platform/runs/{asked.run.run_id}/approval-token", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_token")


def test_a_token_opens_once(asked, decider):
    body = {
        "token": decide(decider, asked).json()["approval_token"],
        "tool_name": "kubectl.delete",
        "run_id": str(asked.run.run_id),
        "arguments": {"pod": "api-0"},
    }
    first = asked.api.post(REDEEM, body)
    assert first.status_code == 200
    assert first.json()["run_id"] == str(asked.run.run_id)
    again = asked.api.post(REDEEM, body)
    assert (again.status_code, again.json()["code"]) == (409, "token_redeemed")
    assert AuditRecord.objects.filter(action="run.approval.redeem").count() == 1
    refused = AuditRecord.objects.get(action="run.approval.redeem_refused")
    assert refused.details["reason"] == "token_redeemed"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"tool_name": "kubectl.get"}, "wrong_tool"),
        ({"run_id": str(uuid4())}, "wrong_run"),
        ({"arguments": {"pod": "api-1"}}, "arguments_changed"),
    ],
)
def test_a_token_opens_nothing_else(asked, decider, more, code):
    token = decide(decider, asked).json()["approval_token"]
    answer = asked.api.post(REDEEM, {"token": token, "tool_name": "kubectl.delete", **more})
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert AuditRecord.objects.get(action="run.approval.redeem_refused").details["reason"] == code
    assert ApprovalToken.objects.get().redeemed_at is None


def test_an_altered_token_opens_nothing(asked, decider):
    head, body, signature = decide(decider, asked).json()["approval_token"].split(".")
    for altered in (f"{head}.{body}.{signature[::-1]}", f"{head}.{body}.", f"{body}.{head}.x"):
        answer = asked.api.post(REDEEM, {"token": altered, "tool_name": "kubectl.delete"})
        assert (answer.status_code, answer.json()["code"]) == (409, "token_invalid")
    assert ApprovalToken.objects.get().redeemed_at is None


def test_a_token_opens_for_a_quarter_of_an_hour(asked, decider):
    token = decide(decider, asked).json()["approval_token"]
    with clock.set_to(ApprovalToken.objects.get().expires_at):
        answer = asked.api.post(REDEEM, {"token": token, "tool_name": "kubectl.delete"})
    assert answer.json()["code"] == "token_expired"


def test_a_token_opens_nothing_while_the_project_is_off(asked, decider):
    token = decide(decider, asked).json()["approval_token"]
    Project.objects.filter(pk="awoooi").update(is_active=False)
    answer = asked.api.post(REDEEM, {"token": token, "tool_name": "kubectl.delete"})
    assert (answer.status_code, answer.json()["code"]) == (409, "project_inactive")


def test_a_token_of_another_project_is_unknown(asked, decider, other_project):
    token = decide(decider, asked).json()["approval_token"]
    foreign = factories.ApiClient(factories.api_key("other"))
    answer = foreign.post(REDEEM, {"token": token, "tool_name": "kubectl.delete"})
    assert answer.status_code == 404


def test_redemption_needs_its_scope(asked, decider):
    token = decide(decider, asked).json()["approval_token"]
    answer = decider.post(REDEEM, {"token": token, "tool_name": "kubectl.delete"})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
