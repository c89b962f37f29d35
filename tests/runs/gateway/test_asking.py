"""Who may ask, retries, and refusals that are no verdicts: each of them says `allowed: false`."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from awooop import counters, tenancy
from awooop.canonical import fingerprint
from awooop.models import Project
from runs.gateway import facts
from runs.models import McpCall, Run
from tests import factories
from tests.runs.gateway.support import READ, Desk, only_call, redeemed, refusals

pytestmark = pytest.mark.django_db


def assert_closed(answer, status: int, code: str) -> None:
    assert answer.status_code == status, answer.content
    said = answer.json()
    assert (said["allowed"], said["block_gate"], said["code"]) == (False, "gateway", code)
    assert said["block_reason"] == said["detail"]
    assert int(answer.get("Content-Length", len(answer.content))) == len(answer.content)


def test_a_run_that_nobody_knows(desk):
    assert_closed(desk.ask(run_id=str(uuid4())), 404, "not_found")


def test_a_run_of_another_project(desk, other_project):
    theirs = Desk(factories.api_key("other"), desk.contract, desk.run)
    assert_closed(theirs.ask(), 404, "not_found")
    assert not McpCall.objects.exists()


def test_a_key_that_does_not_hold_the_run(desk):
    another = Desk(factories.api_key("awoooi"), desk.contract, desk.run)
    assert_closed(another.ask(), 409, "not_your_run")


def test_a_run_that_went_back_to_the_queue(desk):
    Run.objects.filter(pk=desk.run.pk).update(state="pending", worker_id=None, worker_key="")
    assert_closed(desk.ask(), 409, "not_your_run")


def test_a_key_without_the_scope(desk):
    reader = Desk(factories.api_key("awoooi", scopes=["read"]), desk.contract, desk.run)
    assert_closed(reader.ask(), 403, "scope_missing")


def test_nobody(desk):
    desk.api.headers = {}
    assert_closed(desk.ask(), 401, "unauthenticated")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("run_id", "x"),
        ("required_scope", "root"),
        ("arguments_digest", "A" * 64),
        ("arguments_digest", "abc"),
        ("tool_name", ""),
        ("annotations", {"readOnlyHint": {"a": 1}}),
        ("surplus", 1),
    ],
)
def test_a_bad_question_is_named_by_its_field(desk, field, value):
    answer = desk.ask(**{field: value})
    assert_closed(answer, 422, "invalid")
    assert answer.json()["errors"][0]["field"] == field


def test_a_body_that_is_too_large(desk):
    answer = desk.api.client.post(
        "/api/v1/platform/mcp/authorize", b" " * (5 * 1024 * 1024 + 1),
        content_type="application/json", headers=desk.api.headers,
    )  # fmt: skip
    assert_closed(answer, 413, "too_large")


def test_a_fault_of_our_own_refuses_and_is_on_record(desk, monkeypatch):
    def fail(*args):
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(facts, "tools_of", fail)
    said = desk.ask().json()
    assert (said["allowed"], said["block_gate"]) == (False, "gateway")
    assert "ZeroDivisionError" in said["block_reason"]
    assert only_call().result_status == "blocked"
    assert refusals()[0]["gate"] == "gateway"
    labels = {"project_id": "awoooi", "verdict": "blocked", "gate": "gateway"}
    assert ("awooop_gateway_calls", labels, 1) in counters.read()


def test_a_fault_refuses_a_shadow_run_too(desk, monkeypatch):
    Run.objects.filter(pk=desk.run.pk).update(is_shadow=True)
    monkeypatch.setattr(facts, "tools_of", lambda contract: 1 / 0)
    assert desk.ask().json()["allowed"] is False


def test_a_fault_after_the_token_was_used_up_gives_it_back(desk, monkeypatch):
    token = desk.approved()
    monkeypatch.setattr(facts, "named", lambda contract: 1 / 0)
    assert desk.write(token).json()["block_gate"] == "gateway"
    assert redeemed() == 0


def test_a_database_that_is_gone_while_judging(desk, monkeypatch):
    def gone(*args, **kwargs):
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(facts, "situation", gone)
    answer = desk.ask()
    assert_closed(answer, 503, "unavailable")
    assert answer["Retry-After"]
    assert not McpCall.objects.exists()


def test_a_database_that_is_gone_before_the_caller_is_known(desk, monkeypatch):
    def gone(request):
        raise OperationalError("connection refused")

    monkeypatch.setattr("awooop.identity.caller_of", gone)
    assert_closed(desk.ask(), 503, "unavailable")


def test_the_same_call_id_again_is_the_first_verdict(desk):
    token, call_id = desk.approved(), str(uuid4())
    first = desk.write(token, call_id=call_id)
    again = desk.write(token, call_id=call_id)
    assert first.json()["allowed"] is True
    assert again.json() == first.json()
    assert McpCall.objects.count() == 1


def test_the_same_call_id_for_another_question_is_refused(desk):
    call_id = str(uuid4())
    desk.ask(call_id=call_id)
    assert_closed(desk.ask("kubectl.exec", call_id=call_id), 409, "id_taken")


def test_a_call_id_that_the_worker_journalled_itself_is_refused(desk):
    call_id = str(uuid4())
    journalled = {"call_id": call_id, "tool_name": READ, "result_status": "allowed"}
    desk.api.post(f"/platform/runs/{desk.run.run_id}/mcp-calls", journalled)
    assert_closed(desk.ask(call_id=call_id), 409, "id_taken")
    assert only_call().by_gateway is False


def test_a_call_id_of_another_project_is_refused_without_a_word(desk, other_project):
    call_id = uuid4()
    with tenancy.scope(["other"]):
        McpCall.objects.create(call_id=call_id, project_id="other", agent_id="a", tool_name="t",
                               result_status="allowed")  # fmt: skip
    assert_closed(desk.ask(call_id=str(call_id)), 409, "id_taken")


def test_a_read_costs_few_statements_however_many_runs_there_are(desk):
    Project.objects.filter(pk="awoooi").update(budget_limit_usd=100)
    desk.ask()
    with CaptureQueriesContext(connection) as ctx:
        desk.ask()
    statements = [query["sql"] for query in ctx.captured_queries]
    asked = [sql for sql in statements if sql.lstrip().lower().startswith(("select", "insert"))]
    tables = [sql for sql in asked if "set_config" not in sql]
    # key; run with project, contract and spend; call, counter
    assert len(tables) == 4, "\n".join(tables)


def test_calls_are_counted_by_verdict_and_gate(desk):
    desk.ask()
    desk.ask("kubectl.exec")
    Run.objects.filter(pk=desk.run.pk).update(is_shadow=True)
    desk.ask("kubectl.exec")
    totals = {
        (labels["verdict"], labels["gate"]): int(value)
        for name, labels, value in counters.read()
        if name == "awooop_gateway_calls"
    }
    assert totals == {
        ("allowed", "none"): 1,
        ("blocked", "contract"): 1,
        ("shadow_blocked", "contract"): 1,
    }


def test_the_digests_of_the_guide_are_those_of_the_product():
    guide = (Path(__file__).parents[3] / "docs/gateway.md").read_text()
    for arguments in ({}, {"namespace": "shop", "deployment": "api", "名": "服務"}):
        assert fingerprint(arguments) in guide
