"""The remediation summary: a table of cases, and that it agrees with the runs' column."""

from __future__ import annotations

import random

import pytest

from awooop import tenancy
from runs.models import Run
from runs.selectors import remediation
from tests import factories
from tests.runs.reads import rows

OTHER = "INC-20261101-BBBB"


def summary_of(run):
    return remediation.summaries([run])[run.run_id]


@pytest.fixture
def run(project):
    return factories.run(trigger_ref=f"{rows.INCIDENT} and {OTHER}")


READ = {"required_scope": "read", "writes_incident_state": False,
        "writes_auto_repair_result": False}  # fmt: skip


@pytest.mark.parametrize(
    ("items", "legacies", "status", "is_read_only"),
    [
        ([], [], "no_evidence", None),
        ([], [{}], "mcp_observed", True),
        ([{}], [{}], "observed", None),
        ([READ], [], "read_only_dry_run", True),
        ([READ | {"writes_incident_state": None}], [], "observed", None),
        ([READ | {"writes_auto_repair_result": None}], [], "observed", None),
        ([READ | {"required_scope": None}], [], "observed", None),
        ([READ | {"required_scope": "write"}], [], "observed", False),
        ([READ | {"writes_incident_state": True}], [], "write_observed", False),
        ([{"writes_auto_repair_result": True}], [], "write_observed", False),
        ([READ | {"success": False}], [], "blocked", True),
        ([{"allowed": False, "writes_incident_state": True}], [], "blocked", False),
        ([READ | {"success": None, "allowed": None}], [], "read_only_dry_run", True),
        # the latest decides
        ([{"success": False}, READ], [], "read_only_dry_run", True),
        ([READ, {"success": False}], [], "blocked", None),
    ],
)
def test_status(run, items, legacies, status, is_read_only):
    for number, values in enumerate(items):
        rows.item(**values, created_at=rows.at(number))
    for values in legacies:
        rows.legacy(**values)
    found = summary_of(run)
    assert (found["status"], found["is_read_only"]) == (status, is_read_only)
    assert Run.objects.get(pk=run.pk).remediation_status == status


def test_a_run_without_evidence_knows_nothing_and_says_so(run):
    assert summary_of(run) == {
        "schema_version": "awooop_run_remediation_summary_v1",
        "source": "none",
        "incident_ids": [rows.INCIDENT, OTHER],
        "total": 0,
        "evidence_total": 0,
        "status": "no_evidence",
        "has_dry_run": False,
        "has_mcp_investigation": False,
        "is_read_only": None,
        "human_gate_open": False,
        "latest_at": None,
        "latest_preview": None,
        "latest_mode": None,
        "latest_route": "--",
        "latest_agent_id": None,
        "latest_tool_name": None,
        "latest_required_scope": None,
        "writes_incident_state": None,
        "writes_auto_repair_result": None,
        "mcp_observation_total": 0,
        "mcp_observation_success": 0,
        "mcp_observation_failed": 0,
        "latest_mcp_server": None,
        "errors": [],
    }


def test_items_of_all_incidents_count_and_the_newest_speaks(run):
    rows.item(mode="dry_run", created_at=rows.at(5))
    rows.item(OTHER, mode="execute", created_at=rows.at(9), agent_id="fixer",
              tool_name="k8s.restart", required_scope="write", writes_incident_state=True,
              writes_auto_repair_result=False, verification_result_preview="ready")  # fmt: skip
    found = summary_of(run)
    assert found["source"] == "alert_operation_log"
    assert (found["total"], found["evidence_total"], found["has_dry_run"]) == (2, 2, True)
    assert found["latest_at"] == rows.at(9)
    assert found["latest_preview"] == "ready"
    assert found["latest_mode"] == "execute"
    assert found["latest_route"] == "fixer/k8s.restart/write"
    assert (found["latest_agent_id"], found["latest_tool_name"]) == ("fixer", "k8s.restart")
    assert found["latest_required_scope"] == "write"
    assert found["writes_incident_state"] is True
    assert found["writes_auto_repair_result"] is False


def test_legacy_records_alone_are_an_observation(run):
    rows.legacy(success=True, created_at=rows.at(1))
    rows.legacy(success=None, created_at=rows.at(2))
    rows.legacy(OTHER, success=False, error_message="no route", agent_role="triage",
                mcp_server="ssh", tool_name="uptime", created_at=rows.at(3))  # fmt: skip
    found = summary_of(run)
    assert found["source"] == "mcp_audit_log"
    assert (found["total"], found["evidence_total"]) == (0, 3)
    counts = [found[f"mcp_observation_{name}"] for name in ("total", "success", "failed")]
    assert counts == [3, 1, 1]
    assert found["has_mcp_investigation"] is True
    assert found["latest_mcp_server"] == "ssh"
    assert found["latest_route"] == "triage/ssh.uptime/read"
    assert found["latest_required_scope"] == "read"
    assert found["latest_preview"] == "no route"
    assert found["writes_incident_state"] is None


@pytest.mark.parametrize(
    ("values", "route"),
    [
        ({}, "--"),
        ({"agent_id": "a", "tool_name": "t", "required_scope": "read"}, "a/t/read"),
        ({"agent_id": "a"}, "a/--/--"),
        ({"tool_name": "t", "required_scope": "write"}, "--/t/write"),
    ],
)
def test_routes_of_items(run, values, route):
    rows.item(**values)
    assert summary_of(run)["latest_route"] == route


def test_a_run_that_waits_for_approval_has_its_gate_open(key):
    approval = factories.waiting(key)
    assert summary_of(approval.run)["human_gate_open"] is True


def test_an_incident_of_the_same_id_in_another_project_does_not_count(run, other_project):
    with tenancy.scope(["other"]):
        rows.item(project_id="other", success=False)
        rows.legacy(project_id="other")
    with tenancy.scope(["awoooi", "other"]):
        assert summary_of(run)["status"] == "no_evidence"


@pytest.mark.parametrize("seed", range(4))
def test_the_summary_agrees_with_the_column_over_random_histories(project, seed):
    chance = random.Random(seed)
    incidents = [f"INC-20261101-{number:04d}" for number in range(6)]
    for _ in range(12):
        chosen = chance.sample(incidents, chance.randint(0, 3))
        factories.run(trigger_ref=" ".join(chosen))
    for _ in range(25):
        incident, moment = chance.choice(incidents), rows.at(chance.randint(0, 8))
        if chance.random() < 0.3:
            rows.legacy(incident, created_at=moment)
        else:
            tri = (True, False, None)
            names = ("success", "allowed", "writes_incident_state", "writes_auto_repair_result")
            values = {name: chance.choice(tri) for name in names}
            scope = chance.choice(["read", "write", None])
            rows.item(incident, created_at=moment, required_scope=scope, **values)
    runs = list(Run.objects.filter(project_id="awoooi"))
    found = remediation.summaries(runs)
    assert {run.run_id: run.remediation_status for run in runs} == {
        run_id: summary["status"] for run_id, summary in found.items()
    }


def test_many_runs_cost_two_statements(project, django_assert_num_queries):
    for number in range(8):
        ident = f"INC-20261101-{number:04d}"
        factories.run(trigger_ref=ident)
        rows.item(ident)
    runs = list(Run.objects.filter(project_id="awoooi"))
    with django_assert_num_queries(2):  # links, items, legacy records
        remediation.summaries(runs)
    with django_assert_num_queries(0):
        remediation.summaries([])
