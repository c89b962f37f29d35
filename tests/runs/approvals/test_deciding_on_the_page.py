"""Deciding on the page: in place with htmx, as a plain form without; every refusal in words."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from awooop import clock
from awooop.models import AuditRecord
from runs.actions import approvals
from runs.models import Approval, ApprovalStatus, ApprovalVote, RunState, Step
from tests import factories

HTMX = {"HX-Request": "true"}


@pytest.fixture
def approval(key):
    return factories.waiting(key, arguments={"replicas": 3})


def client_of(email: str, **roles: str) -> Client:
    client = Client()
    client.force_login(factories.user(email, **roles))
    return client


def address(approval: Approval, **query: str) -> str:
    query = {"digest": approval.digest, **query}
    return f"/awooop/approvals/{approval.pk}/decide?{urlencode(query)}"


def decide(client, approval, decision="approve", reason="", htmx=True, **query):
    body = {"decision": decision, "reason": reason}
    return client.post(address(approval, **query), body, headers=HTMX if htmx else {})


def test_approving_lets_the_run_go_on_and_shows_it_in_place(page, approval):
    answer = decide(page, approval, reason="Matches the runbook")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'id="decision-{approval.pk}"' in text
    assert "operator@example.org" in text
    assert "Matches the runbook" in text
    assert "<html" not in text
    approval.refresh_from_db()
    assert (approval.status, approval.run.state) == (ApprovalStatus.APPROVED, RunState.RUNNING)


def test_rejecting_cancels_the_run(page, approval):
    text = decide(page, approval, "reject", "Wrong target").content.decode()
    assert "The run is cancelled." in text
    approval.run.refresh_from_db()
    assert (approval.run.state, approval.run.error_code) == (
        RunState.CANCELLED,
        "E-APPR-REJECTED",
    )


def test_a_decision_leaves_one_vote_one_step_and_one_audit_record(page, approval):
    decide(page, approval)
    assert ApprovalVote.objects.filter(approval=approval).count() == 1
    assert Step.objects.filter(tool_name="operator_console.approve").count() == 1
    assert AuditRecord.objects.filter(action="run.approval.approve").count() == 1


def test_without_scripts_the_form_leads_back_with_a_message(page, approval):
    answer = decide(page, approval, htmx=False)
    assert answer.status_code == 302
    assert answer["Location"] == "/awooop/approvals"
    assert "Approved: kubectl.restart" in page.get("/awooop/approvals").content.decode()


def test_without_scripts_it_leads_back_to_where_the_box_stood(page, approval):
    answer = decide(page, approval, htmx=False, next=f"/awooop/runs/{approval.run_id}")
    assert answer["Location"] == f"/awooop/runs/{approval.run_id}"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_it_leads_to_no_other_host(page, approval, wanted):
    assert decide(page, approval, htmx=False, next=wanted)["Location"] == "/awooop/approvals"


def test_a_viewer_may_not(approval):
    viewer = client_of("viewer@example.org", awoooi="viewer")
    assert decide(viewer, approval).status_code == 403
    approval.refresh_from_db()
    assert approval.status == ApprovalStatus.PENDING


def test_a_viewer_sees_no_buttons(approval):
    viewer = client_of("viewer@example.org", awoooi="viewer")
    text = viewer.get("/awooop/approvals").content.decode()
    assert "Restart the deployment api" in text
    assert 'value="approve"' not in text
    assert "lets you look, not decide" in text


def test_who_asked_may_not_and_sees_no_buttons(operator, page, approval):
    Approval.objects.filter(pk=approval.pk).update(requested_by=f"user:{operator.pk}")
    assert 'value="approve"' not in page.get("/awooop/approvals").content.decode()
    assert decide(page, approval).status_code == 403


def test_an_overdue_one_is_refused_though_no_sweep_has_seen_it(page, approval):
    with clock.set_to(approval.expires_at + timedelta(seconds=1)):
        answer = decide(page, approval)
    assert answer.status_code == 409
    assert "time is over" in answer.content.decode()
    assert 'value="approve"' not in answer.content.decode()
    approval.refresh_from_db()
    assert approval.status == ApprovalStatus.PENDING


def test_a_changed_action_is_shown_anew_with_what_was_typed(page, operator, approval):
    approvals.extend(
        by=factories.caller_of_user(operator), approval_id=approval.pk, seconds=600, reason="Busy"
    )
    answer = decide(page, approval, reason="typed by hand")
    text = answer.content.decode()
    approval.refresh_from_db()
    assert answer.status_code == 409
    assert "changed since you opened it" in text
    assert 'value="typed by hand"' in text
    assert f"digest={approval.digest}" in text
    assert approval.status == ApprovalStatus.PENDING


def test_a_second_decision_is_told_who_was_first(page, approval):
    other = client_of("lin@example.org", awoooi="operator")
    decide(other, approval, "reject", "Wait for the owner")
    answer = decide(page, approval)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "lin@example.org" in text
    assert "Wait for the owner" in text
    assert "Your decision was not taken." in text


def test_a_refusal_without_scripts_is_a_whole_page_that_keeps_what_was_typed(page, approval):
    answer = page.post(address(approval), {"decision": "maybe", "reason": "as typed"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "<html" in text
    assert 'value="as typed"' in text
    assert 'value="approve"' in text


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"decision": "maybe"},
        {"decision": "approve", "reason": "x" * 501},
        {"decision": "approve", "reason": "nul\0"},
    ],
)
def test_a_malformed_decision_is_422_and_changes_nothing(page, approval, body):
    assert page.post(address(approval), body, headers=HTMX).status_code == 422
    approval.refresh_from_db()
    assert approval.status == ApprovalStatus.PENDING


def test_a_decision_that_names_no_digest_is_422(page, approval):
    path = f"/awooop/approvals/{approval.pk}/decide"
    assert page.post(path, {"decision": "approve"}, headers=HTMX).status_code == 422


def test_two_are_needed_where_two_are_asked_for(page, key):
    approval = factories.waiting(key, required_approvals=2)
    first = decide(page, approval).content.decode()
    assert "1 of 2 approvals" in first
    assert "1 more approval is needed" in first
    assert 'value="approve"' not in first
    second = decide(client_of("lin@example.org", awoooi="operator"), approval).content.decode()
    assert "The run goes on" in second
    approval.refresh_from_db()
    assert approval.status == ApprovalStatus.APPROVED


def test_ones_second_vote_is_refused(page, key):
    approval = factories.waiting(key, required_approvals=2)
    decide(page, approval)
    answer = decide(page, approval)
    assert answer.status_code == 409
    assert "voted on this approval already" in answer.content.decode()


def test_an_approval_of_another_project_is_not_found(page, other_project):
    with_key = factories.api_key("other")
    from awooop import tenancy

    with tenancy.scope(["other"]):
        foreign = factories.waiting(with_key, "other")
    assert decide(page, foreign).status_code == 404
    assert page.get(f"/awooop/approvals?approval_id={foreign.pk}").status_code == 404
    assert page.get(f"/awooop/approvals/{foreign.pk}/extend").status_code == 404


def test_looking_at_the_address_of_a_decision_leads_to_the_approval(page, approval):
    answer = page.get(f"/awooop/approvals/{approval.pk}/decide")
    assert answer["Location"] == f"/awooop/approvals?approval_id={approval.pk}"
