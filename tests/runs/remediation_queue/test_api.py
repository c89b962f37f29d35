from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from awooop.actions import contracts
from awooop.models import AuditRecord, Project
from governance.models import SloSample
from runs.models import Evidence, RemediationRecord
from tests import factories
from tests.runs.remediation_queue.test_queue import INCIDENT, verified

pytestmark = pytest.mark.django_db


def grant(project_id="awoooi", **tools):
    body = {"agent": "sre-agent", "tools": {name: {"scope": s} for name, s in tools.items()}}
    by = factories.SYSTEM.__class__(
        kind="system", ident="system:tests", label="tests", projects=(project_id,)
    )
    made = contracts.draft(
        by=by,
        project_id=project_id,
        contract_id="sre-agent",
        family="agent",
        body=body,
        version=(1, 0),
    )
    contracts.set_status(by=by, revision=made, status="active")


def dry_run(api, evidence):
    return api.post(f"/ai/slo/remediation/adr100:{evidence.pk}/dry-run")


def test_the_slos_come_with_what_is_left_to_do(api):
    verified("timeout")
    answer = api.get("/ai/slo").json()
    (evaluation,) = answer["evaluations"]
    assert evaluation["project_id"] == "awoooi"
    assert evaluation["_meta"]["status"] == "no_data"
    assert set(evaluation["slos"]) >= {"autonomy_rate", "decision_accuracy", "km_growth_rate"}
    queue = answer["adr100"]["verification_coverage"]["remediation_queue"]
    assert (queue["total"], queue["ready_for_ai"], queue["human"]) == (1, 1, 0)
    assert queue["items"][0]["action"] == "reverify"


def test_an_slo_without_data_is_not_ok(api, project):
    SloSample.objects.create(project=project, slo="autonomy_rate", status="skipped")
    verdict = api.get("/ai/slo").json()["evaluations"][0]["slos"]["autonomy_rate"]
    assert (verdict["status"], verdict["value"]) == ("skipped", None)


def test_a_dry_run_that_the_contract_grants(api):
    grant(**{"remediation.reverify": "read"})
    evidence = verified("timeout")
    answer = dry_run(api, evidence).json()
    assert (answer["action"], answer["allowed"], answer["block_gate"]) == ("reverify", True, None)
    assert [gate["name"] for gate in answer["gate_result"]["gates"]] == [
        "project",
        "contract",
        "scope",
        "budget",
        "approval",
    ]
    record = RemediationRecord.objects.get()
    assert (record.mode, record.required_scope, record.allowed) == ("dry_run", "read", True)
    assert (record.writes_incident_state, record.writes_auto_repair_result) == (False, False)
    assert record.work_item_id == f"adr100:{evidence.pk}"
    assert AuditRecord.objects.filter(action="remediation.dry_run").count() == 1


def test_a_dry_run_that_no_contract_grants_is_told_so(api):
    answer = dry_run(api, verified("timeout")).json()
    assert (answer["allowed"], answer["block_gate"]) == (False, "contract")
    assert RemediationRecord.objects.get().allowed is False


def test_a_project_over_its_budget_is_told_so(api, project):
    grant(**{"remediation.reverify": "read"})
    Project.objects.update(budget_limit_usd=0)
    assert dry_run(api, verified("timeout")).json()["block_gate"] == "budget"


def test_in_shadow_mode_the_gates_only_watch(api, project):
    Project.objects.update(migration_mode="shadow")
    answer = dry_run(api, verified("timeout")).json()
    assert (answer["allowed"], answer["block_gate"]) == (True, "contract")
    assert answer["gate_result"]["policy_enforced"] is False


def test_what_was_mended_since_has_nothing_to_run(api):
    evidence = verified("timeout", ago=timedelta(hours=2))
    verified("success")
    answer = dry_run(api, evidence)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_in_queue")
    assert not RemediationRecord.objects.exists()


@pytest.mark.parametrize("item", ["adr100:nope", "other:1", f"adr100:{UUID(int=7)}", "adr100:"])
def test_an_unknown_item(api, item):
    assert api.post(f"/ai/slo/remediation/{item}/dry-run").status_code == 404


def test_another_projects_item_is_unknown(api, other_project):
    assert dry_run(api, verified("timeout", project="other")).status_code == 404


def test_a_key_needs_the_scope(project):
    evidence = verified("timeout")
    reader = factories.ApiClient(factories.api_key(scopes=["read", "ingest", "decide"]))
    assert dry_run(reader, evidence).status_code == 403


def test_history_lists_what_was_asked_newest_first(api):
    first, second = verified("timeout"), verified("degraded")
    dry_run(api, first)
    dry_run(api, second)
    found = api.get("/ai/slo/remediation/history").json()
    assert [one["work_item_id"] for one in found["items"]] == [
        f"adr100:{second.pk}",
        f"adr100:{first.pk}",
    ]
    assert api.get("/ai/slo/remediation/history", limit=1).json()["total"] == 2
    assert api.get("/ai/slo/remediation/history", incident_id=INCIDENT).json()["total"] == 2
    other = api.get("/ai/slo/remediation/history", incident_id="INC-20260101-0009")
    assert other.json()["items"] == []
    assert api.get("/ai/slo/remediation/history", incident_id="x").status_code == 422


def test_records_of_other_work_are_not_listed(api, project):
    RemediationRecord.objects.create(
        project=project, incident_id=INCIDENT, mode="execute", work_item_id="other:1"
    )
    assert api.get("/ai/slo/remediation/history").json()["items"] == []


def test_a_dry_run_leaves_the_evidence_as_it_is(api):
    evidence = verified("timeout")
    dry_run(api, evidence)
    assert Evidence.objects.filter(pk=evidence.pk, verification_result="timeout").exists()
