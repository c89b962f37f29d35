"""GET /platform/runs/{run_id}."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import clock, tenancy
from tests import factories
from tests.runs.reads import rows


@pytest.fixture
def run(project):
    with clock.set_to(rows.at(0)):
        return factories.run(trigger_ref=f"am:1 {rows.INCIDENT}")


def get(api, run, **query):
    response = api.get(f"/platform/runs/{run.run_id}", **query)
    assert response.status_code == 200, response.content
    return response.json()


def test_the_detail_has_every_part(api, run):
    body = get(api, run)
    assert set(body) == {
        "run", "steps", "inbound_events", "outbound_messages", "mcp_calls", "mcp_gateway",
        "mcp_legacy", "remediation_history", "status_chain", "timeline",
        "timeline_next_cursor", "timeline_prev_cursor", "counts",
    }  # fmt: skip
    assert body["status_chain"]["incident_id"] == rows.INCIDENT
    assert set(body["run"]) == {
        "run_id", "project_id", "agent_id", "state", "is_shadow", "trace_id", "trigger_type",
        "trigger_ref", "worker_id", "cost_usd", "step_count", "attempt_count", "max_attempts",
        "error_code", "error_detail", "created_at", "started_at", "completed_at", "timeout_at",
        "heartbeat_at", "remediation_status", "incident_ids", "remediation_summary",
    }  # fmt: skip
    assert body["run"]["incident_ids"] == [rows.INCIDENT]
    assert body["counts"] == {
        "steps": 0, "inbound_events": 0, "outbound_messages": 0, "mcp_calls": 0,
        "approvals": 0, "mcp_legacy": 0, "remediation": 0, "incidents": 1,
    }  # fmt: skip


def test_records_are_there_and_counted(api, run):
    rows.step(run, 1)
    rows.step(run, 2)
    rows.event(provider_event_id=run.trigger_ref)
    rows.message(run)
    rows.call(run)
    rows.legacy()
    rows.item(work_item_id="wi-1")
    body = get(api, run)
    assert [step["step_seq"] for step in body["steps"]] == [1, 2]
    assert body["inbound_events"][0]["provider_event_id"] == run.trigger_ref
    assert body["outbound_messages"][0]["message_type"] == "interim"
    assert body["mcp_calls"][0]["tool_name"] == "k8s.get"
    assert body["counts"] == {
        "steps": 2, "inbound_events": 1, "outbound_messages": 1, "mcp_calls": 1,
        "approvals": 0, "mcp_legacy": 1, "remediation": 1, "incidents": 1,
    }  # fmt: skip
    assert len(body["timeline"]) == 8


def test_a_long_runs_lists_hold_its_latest(api, run):
    for number in range(105):
        rows.step(run, number)
    body = get(api, run)
    assert [step["step_seq"] for step in body["steps"]] == list(range(5, 105))
    assert body["counts"]["steps"] == 105
    later = get(api, run, timeline_cursor=body["timeline_next_cursor"])
    assert len(later["timeline"]) == 6
    assert get(api, run, timeline_from="end")["timeline"][-1] == later["timeline"][-1]


def test_the_gateway_summary(api, run):
    enforced = {"policy_enforced": True, "is_shadow": False}
    rows.call(run, gate_result=enforced)
    rows.call(run, result_status="failed", tool_name="k8s.logs", gate_result=enforced)
    rows.call(run, result_status="blocked", block_gate="scope", agent_id="b",
              gate_result={"policy_enforced": False, "is_shadow": True})  # fmt: skip
    rows.call(run, result_status="allowed", gate_result={"policy_enforced": "perhaps"})
    assert get(api, run)["mcp_gateway"] == {
        "total": 4, "success": 1, "failed": 1, "blocked": 1, "allowed": 1,
        "policy_enforced": 2, "shadow": 1,
        "by_tool": {"k8s.get": 3, "k8s.logs": 1},
        "by_agent": {"sre-agent": 3, "b": 1},
        "by_block_gate": {"scope": 1},
    }  # fmt: skip


def test_legacy_evidence(api, run):
    rows.legacy(success=True, agent_role="triage", created_at=rows.at(1))
    rows.legacy(success=False, mcp_server="ssh", created_at=rows.at(2))
    found = get(api, run)["mcp_legacy"]
    assert found["schema_version"] == "awooop_run_legacy_mcp_evidence_v1"
    assert found["source"] == "mcp_audit_log"
    assert (found["total"], found["limit"]) == (2, 100)
    assert found["incident_ids"] == [rows.INCIDENT]
    assert [record["mcp_server"] for record in found["records"]] == ["ssh", "k8s"]
    assert found["records"][1]["route"] == "triage/k8s.get_pods/read"
    assert found["summary"] == {
        "total": 2, "success": 1, "failed": 1, "unknown": 0,
        "latest_at": "2026-11-01T08:00:02Z",
        "by_server": {"ssh": 1, "k8s": 1},
        "by_tool": {"ssh.get_pods": 1, "k8s.get_pods": 1},
        "by_agent_role": {"triage": 1, "unknown": 1},
    }  # fmt: skip


def test_remediation_history_by_work_item(api, run):
    rows.item(work_item_id="wi-1", created_at=rows.at(1), agent_id="a")
    rows.item(work_item_id="wi-1", created_at=rows.at(3), mode="execute", agent_id="b",
              tool_name="t", required_scope="write", verification_result_preview="ok")  # fmt: skip
    rows.item(work_item_id="wi-2", created_at=rows.at(2))
    rows.item(created_at=rows.at(4))
    found = get(api, run)["remediation_history"]
    assert found["schema_version"] == "awooop_run_remediation_evidence_v1"
    assert found["source"] == "alert_operation_log"
    assert (found["total"], found["errors"]) == (4, [])
    assert [item["created_at"][-3:] for item in found["items"]] == ["04Z", "03Z", "02Z", "01Z"]
    assert [group["work_item_id"] for group in found["by_work_item"]] == ["wi-1", "wi-2"]
    assert found["by_work_item"][0] == {
        "work_item_id": "wi-1",
        "incident_id": rows.INCIDENT,
        "count": 2,
        "latest_at": "2026-11-01T08:00:03Z",
        "latest_preview": "ok",
        "latest_mode": "execute",
        "latest_route": "b/t/write",
    }


def test_kinds_of_the_timeline_may_be_chosen(api, run):
    rows.step(run, 1)
    rows.call(run)
    items = get(api, run, timeline_kind=["step", "run"])["timeline"]
    assert [item["kind"] for item in items] == ["run", "step"]


@pytest.mark.parametrize(
    "query",
    [{"timeline_kind": "noise"}, {"timeline_from": "middle"}, {"timeline_cursor": "no"}],
)
def test_a_wrong_value_is_refused(api, run, query):
    response = api.get(f"/platform/runs/{run.run_id}", **query)
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == list(query)


def test_a_malformed_id_is_422_and_an_unknown_one_404(api, project):
    assert api.get("/platform/runs/not-a-run").status_code == 422
    assert api.get(f"/platform/runs/{uuid.uuid4()}").status_code == 404


def test_a_run_of_another_project_is_as_unknown_as_none(api, other_project):
    with tenancy.scope(["other"]):
        foreign = factories.run("other")
    answer = api.get(f"/platform/runs/{foreign.run_id}")
    assert answer.status_code == 404
    assert answer.json()["detail"] == api.get(f"/platform/runs/{uuid.uuid4()}").json()["detail"]
    both = factories.ApiClient(rows.all_project_key())
    assert both.get(f"/platform/runs/{foreign.run_id}").status_code == 200
    assert both.get(f"/platform/runs/{foreign.run_id}", project_id="awoooi").status_code == 404


def test_more_records_cost_no_more_queries(api, run):
    def fill(numbers):
        for number in numbers:
            rows.step(run, number)
            rows.call(run)
            rows.event(run=run, provider_event_id=str(number))
            rows.message(run, content_preview=f"INC-20261101-{number:04d}")
            rows.item(f"INC-20261101-{number:04d}")
            rows.legacy(f"INC-20261101-{number:04d}")

    def count():
        with CaptureQueriesContext(connection) as queries:
            get(api, run)
        return len(queries)

    fill(range(3))
    count()
    before = count()
    fill(range(3, 6))
    assert count() == before
    assert before <= 36
