"""What stands beside a decision: what would change, and what is on record of earlier ones."""

from __future__ import annotations

from uuid import uuid4

import pytest

from awooop import tenancy
from awooop.models import ContractRevision
from runs.actions import approvals, remediation
from runs.models import (
    Approval,
    Evidence,
    Execution,
    Incident,
    McpCall,
    Playbook,
    RemediationRecord,
)
from tests import factories

INBOX = "/awooop/approvals"


def text_of(page, **query: str) -> str:
    return page.get(INBOX, query).content.decode()


def contract(**tools: str) -> ContractRevision:
    return ContractRevision.objects.create(
        project_id="awoooi",
        contract_id="sre-agent",
        contract_family="agent",
        lifecycle_status="active",
        body={"tools": {name.replace("_", "."): {"scope": scope} for name, scope in tools.items()}},
    )


@pytest.fixture
def playbook(project):
    return Playbook.objects.create(
        project_id="awoooi",
        name="Restart it",
        status="approved",
        trust_score="0.75",
        success_count=2,
        failure_count=1,
    )


@pytest.fixture
def incident(project):
    return Incident.objects.create(
        incident_id="INC-20261121-AAAA",
        project_id="awoooi",
        title="Queue grows",
        recurrence_count=4,
    )


def repaired(incident, playbook=None, **values):
    remediation.lock_incidents("awoooi", [incident.incident_id])
    return Execution.objects.create(
        project_id="awoooi", incident_id=incident.incident_id, playbook=playbook, **values
    )


def test_the_named_playbook_is_shown_with_its_trust_and_outcomes(page, key, playbook, incident):
    done = repaired(incident, playbook, success=True)
    Evidence.objects.create(
        project_id="awoooi",
        incident_id=incident.incident_id,
        execution=done,
        verification_result="degraded",
    )
    factories.waiting(key, playbook_id=playbook.pk)
    text = text_of(page)
    assert "Restart it: trust 0.750, 2 of 3 repairs succeeded" in text
    assert "Degraded" in text
    assert f"/awooop/incidents/{incident.incident_id}" in text


def test_where_no_playbook_is_named_that_is_said(page, key):
    factories.waiting(key)
    assert "the agent names none" in text_of(page)


def ask(api, key, **body):
    run = factories.running(key)
    body = {"tool_name": "t", "suggested_action": "Do it", **body}
    return api.post(f"/platform/runs/{run.run_id}/approval-requests", body)


def test_a_worker_names_the_playbook_that_it_follows(api, key, playbook):
    assert ask(api, key, playbook_id=str(playbook.pk)).status_code == 201
    assert Approval.objects.get().playbook == playbook


def test_a_playbook_that_nobody_knows_is_422(api, key):
    answer = ask(api, key, playbook_id=str(uuid4()))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "playbook_id"
    assert not Approval.objects.exists()


def test_another_projects_playbook_is_as_unknown(api, key, other_project):
    with tenancy.scope(["other"]):
        foreign = Playbook.objects.create(project_id="other", name="Theirs")
    answer = ask(api, key, playbook_id=str(foreign.pk))
    assert answer.status_code == 422


def test_earlier_requests_of_the_tool_are_told_with_what_came_of_them(
    page, key, operator, incident
):
    mine = factories.caller_of_user(operator)
    before = factories.waiting(key)
    approvals.decide(by=mine, approval_id=before.pk, decision="approve")
    repaired(incident, run=before.run, success=False)
    factories.waiting(key)
    factories.waiting(key, tool_name="another.tool")
    text = text_of(page)
    assert f'href="/awooop/approvals?approval_id={before.pk}">just now, it failed</a>' in text
    assert "this tool has not been asked for before" in text


def test_the_agents_own_record_is_counted(page, key, operator):
    mine = factories.caller_of_user(operator)
    for decision in ("approve", "approve", "reject"):
        asked = factories.waiting(key)
        approvals.decide(by=mine, approval_id=asked.pk, decision=decision)
    factories.waiting(key)
    assert "of its last 3: 2 approved, 1 rejected, 0 expired" in text_of(page)


def test_the_contract_says_which_scope_it_grants(page, key):
    contract(kubectl_restart="write")
    factories.waiting(key)
    assert "sre-agent 1.0 grants this tool with scope write" in text_of(page)


def test_a_tool_that_the_contract_does_not_name_is_said_to_be_refused(page, key):
    contract(other="read")
    factories.waiting(key)
    assert "does not name this tool" in text_of(page)


def test_a_contract_that_is_no_longer_active_is_marked(page, key):
    bound = contract(kubectl_restart="write")
    factories.waiting(key)
    ContractRevision.objects.filter(pk=bound.pk).update(lifecycle_status="retired")
    assert "Retired" in text_of(page)


def test_without_a_dry_run_nobody_pretends_to_know(page, key):
    factories.waiting(key)
    assert "what would change has not been tried" in text_of(page)


def test_the_latest_dry_run_is_shown_once_and_offered_as_a_reason(page, key, incident):
    remediation.lock_incidents("awoooi", [incident.incident_id])
    RemediationRecord.objects.create(
        project_id="awoooi",
        incident_id=incident.incident_id,
        mode="dry_run",
        success=True,
        verification_result_preview="3 pods restart",
    )
    factories.waiting(key, incident_id=incident.incident_id)
    text = text_of(page)
    assert text.count("3 pods restart") == 1
    assert "The dry run shows what I expect" in text
    assert "came back 4 times" in text


def test_what_the_server_says_of_its_tool_is_marked_as_untrusted(page, key):
    approval = factories.waiting(key)
    McpCall.objects.create(
        project_id="awoooi",
        run=approval.run,
        agent_id="sre-agent",
        tool_name=approval.tool_name,
        result_status="blocked",
        gate_result={"untrusted_hints": {"destructiveHint": True}},
    )
    assert "destructiveHint: True (the MCP server&#x27;s own word: not to be trusted)" in text_of(
        page
    )


def test_long_arguments_are_folded_and_still_there_whole(page, key):
    factories.waiting(key, arguments={"lines": list(range(60)), "last": "the very end"})
    text = text_of(page)
    assert "All of it: 65 lines" in text
    assert "the very end" in text
