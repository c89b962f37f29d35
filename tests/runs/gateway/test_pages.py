"""The pages of the gateway: the list by its filters, and why one call was refused."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import tenancy
from awooop.clock import now
from runs.models import McpCall, Run
from runs.views import gateway_steps
from tests.runs.gateway.support import WRITE
from tests.runs.transactions import read_only

pytestmark = pytest.mark.django_db
LIST = "/awooop/gateway"


def text(page, path=LIST, **query) -> str:
    with read_only():
        answer = page.get(path, query)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def detail(page, answer) -> str:
    return text(page, f"{LIST}/{answer.json()['call_id']}")


def call(tool="t", **values) -> McpCall:
    given = {"project_id": "awoooi", "agent_id": "a", "result_status": "allowed", **values}
    return McpCall.objects.create(tool_name=tool, **given)


def test_calls_refused_and_allowed_are_listed_with_the_gate(page, desk):
    desk.ask()
    refused = desk.ask("kubectl.exec")
    shown = text(page)
    assert "kubectl.get" in shown
    assert "does not name kubectl.exec" in shown
    assert f"/awooop/gateway/{refused.json()['call_id']}" in shown


@pytest.mark.parametrize(
    "query",
    [
        {"tool_name": "wanted"},
        {"agent_id": "db-agent"},
        {"result_status": "blocked"},
        {"block_gate": "scope"},
        {"tool_name": "wanted", "block_gate": "scope"},
    ],
    ids=str,
)
def test_the_list_is_narrowed(page, project, query):
    call("wanted", agent_id="db-agent", result_status="blocked", block_gate="scope")
    call("another")
    shown = text(page, **query)
    assert "wanted" in shown
    assert "another" not in shown


def test_an_unknown_value_is_named(page, project):
    answer = page.get(LIST, {"block_gate": "fire"})
    assert answer.status_code == 422
    assert "must be one of project, contract" in answer.content.decode()


def test_the_list_is_paged_by_cursor(page, project):
    McpCall.objects.bulk_create(
        McpCall(project_id="awoooi", agent_id="a", tool_name=f"tool-{number:03d}",
                result_status="allowed", created_at=now() - timedelta(seconds=number))
        for number in range(60)
    )  # fmt: skip
    first = page.get(LIST)
    assert "tool-049" in first.content.decode()
    assert "tool-050" not in first.content.decode()
    cursor = first.context["page"].next_cursor
    assert "tool-050" in text(page, cursor=cursor)


def test_a_page_of_calls_costs_the_same_however_many_there_are(page, desk):
    counts = []
    for _ in range(2):
        for _ in range(10):
            call(run=desk.run)
        with CaptureQueriesContext(connection) as ctx:
            page.get(LIST)
        counts.append(len(ctx.captured_queries))
    assert counts[0] == counts[1]


def test_no_calls_is_said(page, project):
    assert "No calls yet" in text(page)


def test_another_projects_calls_are_not_shown(page, other_project):
    with tenancy.scope(["other"]):
        theirs = call("secret.tool", project_id="other")
    assert "secret.tool" not in text(page)
    assert page.get(f"{LIST}/{theirs.pk}").status_code == 404
    assert page.get(f"{LIST}/{uuid4()}").status_code == 404


def test_a_refused_call_says_which_gate_why_and_what_would_help(page, desk):
    shown = detail(page, desk.ask("kubectl.exec"))
    assert "Refused by the gate contract." in shown
    assert "does not name kubectl.exec" in shown
    assert f"/awooop/contracts/{desk.contract.pk}" in shown
    assert shown.count("Not reached") == 3
    assert shown.count("Passed") == 1


def test_a_refused_token_leads_to_its_approval(page, desk):
    token = desk.approved()
    desk.write(token)
    answer = desk.write(token)
    approval_id = desk.run.approvals.get().pk
    assert f"/awooop/approvals?approval_id={approval_id}" in detail(page, answer)


def test_a_shadow_call_says_that_nothing_was_enforced(page, desk):
    Run.objects.filter(pk=desk.run.pk).update(is_shadow=True)
    shown = detail(page, desk.write())
    assert "Shadow: recorded, not enforced." in shown
    assert "needs an approval token" in shown
    assert "Refused by the gate" not in shown


def test_hints_are_shown_as_untrusted_and_a_contradiction_is_said(page, desk):
    shown = detail(
        page, desk.ask(WRITE, annotations={"destructiveHint": True, "items": "<b>x</b>"})
    )
    assert "Untrusted: kept as said" in shown
    assert "hints speak against the scope" in shown
    assert "&lt;b&gt;x&lt;/b&gt;" in shown


def test_hints_that_agree_with_the_scope_are_no_contradiction(page, desk):
    shown = detail(page, desk.ask(annotations={"readOnlyHint": True, "destructiveHint": False}))
    assert "hints speak against the scope" not in shown


@pytest.mark.parametrize(
    "gate_result",
    [
        {},
        {"gates": "all"},
        {"gates": [1, {"name": 7}, {"name": "scope"}, {"name": "fire", "ok": False}]},
        {"gates": [{"name": "contract", "ok": False, "why": {"a": 1}}],
         "contract_revision_id": "no-uuid", "approval_id": [], "untrusted_hints": "x"},
    ],
    ids=str,
)  # fmt: skip
def test_a_workers_own_account_may_hold_anything(page, project, gate_result):
    reported = call(result_status="blocked", gate_result=gate_result)
    assert "Reported by the worker." in text(page, f"{LIST}/{reported.pk}")


def test_every_gate_has_its_words(project):
    names = [step.name for step in gateway_steps.steps(
        call(gate_result={"gates": [{"name": "project", "ok": True}]})
    )]  # fmt: skip
    assert names == ["project", "contract", "scope", "budget", "approval"]


def test_the_navigation_leads_to_the_gateway(page, project):
    assert 'href="/awooop/gateway"' in text(page, "/awooop/tenants")
