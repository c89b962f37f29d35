"""A real Prometheus scrapes the running console, evaluates the shipped rules and answers the
self-check; a real Alertmanager posts what it fires back into the console."""

from __future__ import annotations

import pytest

from awooop import callers, tenancy
from awooop.clock import now
from governance.actions import self_check as checking
from governance.models import GovernanceEvent, SloSample
from governance.slo import evaluation
from knowledge.models import KnowledgeEntry
from runs.models import Incident
from tests import factories
from tests.deploy import programs
from tests.deploy.programs import until

pytestmark = [
    pytest.mark.needs_program("prometheus"),
    pytest.mark.needs_program("prometheus-alertmanager"),
]
INCIDENT = "INC-20260101-0001"
# Success, needed a person, predicted confidence. Calibration: |2 - 2.83| + |2 - 1.476| + |0 - 0.1|
# of 6 predictions, in the bins 9, 7 and 1.
OPERATIONS = [
    (True, False, 0.95),
    (True, False, 0.91),
    (False, False, 0.97),
    (True, False, 0.721),
    (True, True, 0.755),
    (False, True, 0.1),
    (True, True, None),
]
VERIFIED = ["success"] * 6 + ["degraded", "failed", None]
MEASURED = ("autonomy_rate", "decision_accuracy", "confidence_calibration", "km_growth_rate")


@pytest.fixture
def console(truncatable, live_server):
    """The running console, with one project and an incident in it."""
    factories.project("awoooi")
    with tenancy.scope(["awoooi"]):
        Incident.objects.create(incident_id=INCIDENT, project_id="awoooi", title="disk full")
    return live_server


@pytest.fixture
def alertmanager(console, tmp_path):
    key = factories.api_key(None, scopes=["ingest"])
    with programs.alertmanager(tmp_path / "am", console=console.url, key=key) as started:
        yield started


@pytest.fixture
def prometheus(console, alertmanager, tmp_path):
    with programs.prometheus(
        tmp_path / "prometheus", console=console.url, alertmanager=alertmanager.url
    ) as started:
        yield started


def report():
    """Report a day's work as agents do; each list is one transaction."""
    api = factories.ApiClient(factories.api_key("awoooi"))
    executions = [
        {"success": success, "human_approved": approved, "predicted_confidence": confidence}
        for success, approved, confidence in OPERATIONS
    ]
    evidence = [{"verification_result": result} for result in VERIFIED]
    for kind, rows in (("executions", executions), ("evidence", evidence)):
        answer = api.post(f"/platform/incidents/{INCIDENT}/{kind}", rows)
        assert answer.status_code == 201, answer.content
    with tenancy.scope(["awoooi"]):
        KnowledgeEntry.objects.bulk_create(
            KnowledgeEntry(project_id="awoooi", title=f"Entry {n}") for n in range(21)
        )


def values():
    """What each SLO's value is, by the source that is configured."""
    with tenancy.scope(["awoooi"]):
        (found,) = evaluation.evaluate(("awoooi",), now()).values()
    return {verdict["name"]: verdict["value"] for verdict in found if verdict["name"] in MEASURED}


def check():
    by = callers.system("tests", ["awoooi"])
    asked = checking.run(by=by, trigger="manual", check="slo_compliance")
    assert asked.errors == {}
    return asked.results("awoooi")["slo_compliance"]


def test_the_self_check_reads_the_slos_from_a_prometheus_and_they_are_the_databases_own(
    prometheus, settings
):
    # PromQL's `increase` counts from the first sample on: let it see the zeros.
    zeros = 'count_over_time(automation_operation_log_total{project_id="awoooi"}[1m]) >= 2'
    until(lambda: len(prometheus.query(zeros)) == 4, "the first scrapes")

    report()
    settings.PROMETHEUS_URL = ""
    by_database = values()
    assert by_database == {
        "autonomy_rate": 0.571,
        "decision_accuracy": 0.75,
        "confidence_calibration": 0.758,
        "km_growth_rate": 21,
    }

    settings.PROMETHEUS_URL = prometheus.url
    within_rounding = pytest.approx(by_database, abs=0.001)

    def agree():
        answered = values()
        return None not in answered.values() and answered == within_rounding

    until(agree, "agreement of Prometheus and the database")
    result = check()
    assert {name: result[name]["value"] for name in MEASURED} == within_rounding
    assert {name: result[name]["status"] for name in result if name != "_meta"} == {
        "autonomy_rate": "violated",
        "decision_accuracy": "violated",
        "confidence_calibration": "ok",
        "km_growth_rate": "ok",
        "truth_chain_quality_summary_latency": "skipped",
    }
    with tenancy.scope(["awoooi"]):
        events = GovernanceEvent.objects.filter(event_type="slo_violation", resolved=False)
        assert set(events.values_list("subject", flat=True)) == {
            "autonomy_rate",
            "decision_accuracy",
        }

    def posted_back():
        with tenancy.scope(["awoooi"]):
            return Incident.objects.filter(title__startswith="AwooopAutonomyLow").first()

    incident = until(posted_back, "the alert's incident")
    assert (incident.project_id, incident.severity) == ("awoooi", "critical")
    assert incident.title == (
        "AwooopAutonomyLow: awoooi: 57.14% of the operations needed no person"
    )

    prometheus.stop()
    result = check()
    assert result["_meta"]["error_count"] == 5
    with tenancy.scope(["awoooi"]):
        latest = SloSample.objects.order_by("-evaluated_at")[:5]
        assert {sample.status for sample in latest} == {"error"}
        assert not GovernanceEvent.objects.filter(
            event_type="slo_violation", resolved=True
        ).exists()
