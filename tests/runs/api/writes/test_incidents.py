"""Incidents, and what was done about them."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest

from awooop.models import AuditRecord
from runs import incident_ids
from runs.models import Evidence, Execution, Incident, LegacyMcpRecord, RemediationRecord
from tests import factories

SECRET = "password=hunter2hunter2"
INCIDENTS = "/platform/incidents"


def path(world, tail: str) -> str:
    return f"{INCIDENTS}/{world.incident.incident_id}/{tail}"


def test_an_incident_gets_a_fresh_id_of_its_day(world):
    row = {"title": "Disk full", "opened_at": "2026-10-01T23:00:00Z"}
    (ident,) = world.api.post(INCIDENTS, row).json()["ids"]
    assert incident_ids.is_incident_id(ident)
    assert ident.startswith("INC-20261001-")
    kept = Incident.objects.get(pk=ident)
    assert (kept.status, kept.severity, kept.last_seen_at) == ("open", "warning", kept.opened_at)


def test_the_same_incident_id_again_changes_nothing(world):
    row = {"incident_id": "INC-20261120-NEW1", "title": "First"}
    world.api.post(INCIDENTS, row)
    answer = world.api.post(INCIDENTS, {**row, "title": "Second"})
    assert answer.status_code == 200
    assert Incident.objects.get(pk=row["incident_id"]).title == "First"


def test_one_incident_is_open_for_an_alert_group(world):
    world.api.post(
        INCIDENTS, {"incident_id": "INC-20261120-NEW1", "title": "a", "fingerprint": "f"}
    )
    answer = world.api.post(INCIDENTS, [{"title": "b"}, {"title": "c", "fingerprint": "f"}])
    assert answer.status_code == 409
    body = answer.json()
    assert (body["code"], body["incident_id"]) == ("fingerprint_open", "INC-20261120-NEW1")
    assert body["errors"][0]["field"] == "1.fingerprint"
    assert not Incident.objects.filter(title="b").exists()


def test_a_resolved_alert_group_may_open_again(world):
    world.api.post(
        INCIDENTS, {"incident_id": "INC-20261120-NEW1", "title": "a", "fingerprint": "f"}
    )
    world.api.post(f"{INCIDENTS}/INC-20261120-NEW1/resolve", {"resolution_type": "auto_repair"})
    assert world.api.post(INCIDENTS, {"title": "b", "fingerprint": "f"}).status_code == 201


def test_secrets_are_taken_out_of_incidents(world):
    row = {"title": SECRET, "labels": {"password": "hunter2"}, "annotations": {"note": SECRET}}
    (ident,) = world.api.post(INCIDENTS, row).json()["ids"]
    kept = Incident.objects.get(pk=ident)
    assert "hunter2" not in f"{kept.title}{kept.labels}{kept.annotations}"


def test_an_incident_is_resolved_once_and_audited_once(world):
    first = world.api.post(path(world, "resolve"), {"resolution_type": "human_approved"}).json()
    again = world.api.post(path(world, "resolve"), {"resolution_type": "manual"}).json()
    assert (first["already_resolved"], again["already_resolved"]) == (False, True)
    assert first["disposition"] == again["disposition"] == "human_approved"
    assert again["resolved_at"] == first["resolved_at"]
    assert AuditRecord.objects.filter(action="incident.resolve").count() == 1


def test_executions_raise_their_playbooks_record_once(world):
    use = {"playbook_id": str(world.playbook.playbook_id), "created_at": "2026-11-20T08:00:00Z"}
    rows = [{"id": str(uuid4()), "success": n < 3, **use} for n in range(4)]
    world.api.post(path(world, "executions"), rows)
    world.api.post(path(world, "executions"), rows)
    world.playbook.refresh_from_db()
    assert (world.playbook.success_count, world.playbook.failure_count) == (3, 1)
    assert world.playbook.trust_score == Decimal("0.667")
    assert world.playbook.last_used_at.isoformat() == "2026-11-20T08:00:00+00:00"


def test_an_older_execution_leaves_the_last_use(world):
    use = {"playbook_id": str(world.playbook.playbook_id), "success": True}
    world.api.post(path(world, "executions"), {**use, "created_at": "2026-11-20T08:00:00Z"})
    world.api.post(path(world, "executions"), {**use, "created_at": "2026-11-01T08:00:00Z"})
    world.playbook.refresh_from_db()
    assert world.playbook.last_used_at.day == 20
    assert world.playbook.success_count == 2


def test_pinned_trust_stays(world):
    world.playbook.is_trust_pinned = True
    world.playbook.trust_score = Decimal("0.9")
    world.playbook.save()
    row = {"playbook_id": str(world.playbook.playbook_id), "success": False}
    world.api.post(path(world, "executions"), row)
    world.playbook.refresh_from_db()
    assert (world.playbook.failure_count, world.playbook.trust_score) == (1, Decimal("0.9"))


def test_executions_and_evidence_are_kept_without_secrets(world):
    world.api.post(path(world, "executions"), {"success": False, "error_message": SECRET})
    execution = Execution.objects.get()
    row = {
        "execution_id": str(execution.id),
        "run_id": str(world.run.run_id),
        "snapshot": {"env": SECRET, "pods": 3},
        "verification_result": "degraded",
    }
    assert world.api.post(path(world, "evidence"), row).status_code == 201
    evidence = Evidence.objects.get()
    assert "hunter2" not in f"{execution.error_message}{evidence.snapshot}"
    assert evidence.snapshot["pods"] == 3
    assert (evidence.execution_id, evidence.incident_id) == (execution.id, world.incident.pk)


@pytest.mark.parametrize(
    ("tail", "field"),
    [("executions", "run_id"), ("executions", "playbook_id"), ("evidence", "run_id"),
     ("evidence", "execution_id")],
)  # fmt: skip
def test_a_reference_to_what_is_of_another_project_is_named_by_row(
    world, other_project, tail, field
):
    foreign = factories.ApiClient(factories.api_key("other"))
    ids = {"run_id": str(uuid4()), "playbook_id": str(uuid4()), "execution_id": str(uuid4())}
    foreign.post("/platform/runs", {"run_id": ids["run_id"], "agent_id": "a"})
    foreign.post(INCIDENTS, {"incident_id": "INC-20261120-OTHR", "title": "x"})
    foreign.post(f"{INCIDENTS}/INC-20261120-OTHR/executions",
                 {"id": ids["execution_id"], "success": True})  # fmt: skip
    good = {"success": True} if tail == "executions" else {}
    answer = world.api.post(path(world, tail), [good, {**good, field: ids[field]}])
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [f"1.{field}"]
    assert not Execution.objects.filter(incident_id=world.incident.pk).exists()


def test_a_remediation_record_changes_its_runs_status(world):
    assert world.run.remediation_status == "no_evidence"
    row = {"mode": "execute", "allowed": True, "success": True, "writes_incident_state": True,
           "verification_result_preview": SECRET, "details": {"api_key": "hunter2"}}  # fmt: skip
    world.api.post(path(world, "remediations"), row)
    world.run.refresh_from_db()
    assert world.run.remediation_status == "write_observed"
    kept = RemediationRecord.objects.get()
    assert "hunter2" not in f"{kept.verification_result_preview}{kept.details}"


def test_unknown_and_false_are_kept_apart(world):
    world.api.post(path(world, "remediations"), [{"mode": "dry_run"},
                                                 {"mode": "replay", "success": False}])  # fmt: skip
    assert RemediationRecord.objects.get(mode="dry_run").success is None
    assert RemediationRecord.objects.get(mode="replay").success is False


def test_a_legacy_record_changes_its_runs_status(world):
    row = {"mcp_server": "k8s", "tool_name": "get", "incident_id": world.incident.pk,
           "error_message": SECRET}  # fmt: skip
    world.api.post("/platform/mcp/legacy-records", row)
    world.run.refresh_from_db()
    assert world.run.remediation_status == "mcp_observed"
    assert "hunter2" not in LegacyMcpRecord.objects.get().error_message
