"""What is written is counted for Prometheus, once, by whichever way it comes in."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from awooop import clock, counters
from awooop.canonical import rfc3339
from awooop.clock import now
from runs.models import Incident
from tests.governance.slo.rows import INCIDENT

pytestmark = pytest.mark.django_db
OPERATIONS = "automation_operation_log_total"
VERIFICATIONS = "post_execution_verification_total"


@pytest.fixture
def report(api):
    """Report executions or evidence of an incident."""
    Incident.objects.create(incident_id=INCIDENT, project_id="awoooi", title="t")

    def report(kind, body):
        answer = api.post(f"/platform/incidents/{INCIDENT}/{kind}", body)
        assert answer.status_code in (200, 201), answer.content

    return report


def exported():
    text = Client().get("/metrics").content.decode()
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def total(name, found=None, **labels):
    found = found or exported()
    return found[name, *sorted({"project_id": "awoooi", **labels}.items())]


def test_every_series_of_a_project_is_there_at_zero(other_project):
    found = exported()
    for project in ("awoooi", "other"):
        of_project = [key for key in found if ("project_id", project) in key]
        names = [key[0] for key in of_project]
        assert names.count(OPERATIONS) == names.count(VERIFICATIONS) == 4
        for kind in ("predictions", "confidence", "successes"):
            assert names.count(f"awooop_calibration_{kind}_total") == 10
    ours = (OPERATIONS, VERIFICATIONS)
    assert {value for key, value in found.items() if key[0] in ours} == {0}


def test_executions_are_counted_by_outcome_and_by_who_was_needed(report):
    report("executions", {"success": True})
    report(
        "executions",
        [{"success": True}, {"success": False, "human_approved": True}, {"success": False}],
    )
    found = exported()
    assert total(OPERATIONS, found, success="true", human_approved="false") == 2
    assert total(OPERATIONS, found, success="false", human_approved="false") == 1
    assert total(OPERATIONS, found, success="false", human_approved="true") == 1
    assert total(OPERATIONS, found, success="true", human_approved="true") == 0


def test_predictions_are_counted_in_the_bin_of_their_confidence(report):
    rows = [(True, 0.92), (False, 0.9), (True, 1), (True, 0.1), (False, 0.099), (True, None)]
    report("executions", [{"success": ok, "predicted_confidence": how} for ok, how in rows])
    found = exported()

    def of_bin(number):
        kinds = ("predictions", "confidence", "successes")
        names = [f"awooop_calibration_{kind}_total" for kind in kinds]
        return [total(name, found, bin=number) for name in names]

    assert of_bin("9") == [3, 2.82, 2]
    assert of_bin("1") == [1, 0.1, 1]
    assert of_bin("0") == [1, 0.099, 0]
    assert of_bin("5") == [0, 0, 0]


def test_evidence_is_counted_by_result_and_without_one_not(report):
    report("evidence", {"verification_result": "success"})
    report("evidence", [{"verification_result": "failed"}, {"verification_result": None}, {}])
    found = exported()
    assert total(VERIFICATIONS, found, result="success") == 1
    assert total(VERIFICATIONS, found, result="failed") == 1
    assert total(VERIFICATIONS, found, result="timeout") == 0


def test_a_repeated_id_is_counted_once(report):
    execution = {"id": str(uuid4()), "success": True, "predicted_confidence": 0.95}
    evidence = {"id": str(uuid4()), "verification_result": "success"}
    for _ in range(2):
        report("executions", [execution, execution])
        report("evidence", [evidence, evidence])
    found = exported()
    assert total(OPERATIONS, found, success="true", human_approved="false") == 1
    assert total("awooop_calibration_confidence_total", found, bin="9") == 0.95
    assert total(VERIFICATIONS, found, result="success") == 1


def test_history_that_is_brought_in_does_not_pass_for_the_present(report):
    def at(age):
        return rfc3339(now() - age)

    day = timedelta(hours=24)
    late, old = at(day - timedelta(minutes=1)), at(day + timedelta(minutes=1))
    report("executions", [{"success": True, "created_at": moment} for moment in (late, old)])
    evidence = {"verification_result": "success"}
    report("evidence", [evidence | {"collected_at": moment} for moment in (late, old)])
    found = exported()
    assert total(OPERATIONS, found, success="true", human_approved="false") == 1
    assert total(VERIFICATIONS, found, result="success") == 1


def test_folding_changes_no_total(report):
    report("executions", [{"success": True, "predicted_confidence": 0.123}] * 3)
    with clock.set_to(now()):
        before = exported()
        assert counters.fold() > 0
        after = exported()
    ours = ("automation_", "awooop_calibration_")
    assert {key: value for key, value in before.items() if key[0].startswith(ours)} == {
        key: value for key, value in after.items() if key[0].startswith(ours)
    }


def test_each_tasks_interval_is_exported(project):
    found = exported()
    assert found["awooop_task_interval_seconds", ("task", "runs.sweep")] == 60
