from __future__ import annotations

from datetime import timedelta
from socket import create_server

import pytest

from awooop import callers, clock
from awooop.clock import now
from governance.actions import self_check as checking
from governance.models import GovernanceEvent, SelfCheckCycle, SloSample
from governance.slo import scraped
from governance.slo.definitions import BUILT_IN
from tests.governance.slo.fake_prometheus import error, vector
from tests.governance.slo.rows import definition

pytestmark = pytest.mark.django_db
GOOD = {
    "sli:autonomy_rate:5m": "0.9",
    "sli:decision_accuracy:5m": "0.95",
    "sli:confidence_calibration:1h": "0.85",
    "knowledge_entries_created_24h": "25",
}
LOW = GOOD | {"sli:autonomy_rate:5m": "0.5"}
RISES = timedelta(hours=1)


def check(after=0, **values):
    """Run the check, some hours after now; answers its result for the project."""
    with clock.set_to(now() + RISES * after):
        by = callers.system("tests", ["awoooi"])
        asked = checking.run(by=by, trigger="manual", check="slo_compliance", **values)
    assert asked.errors == {}
    return asked.results("awoooi")["slo_compliance"]


def is_open(event_type, subject=""):
    events = GovernanceEvent.objects.filter(resolved=False)
    return events.filter(event_type=event_type, subject=subject).exists()


def closed_port():
    with create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def test_all_is_well(project, prometheus):
    prometheus.knows(GOOD)
    result = check()
    assert result["_meta"]["status"] == "ok"
    assert (result["_meta"]["ok_count"], result["_meta"]["skipped_count"]) == (4, 1)
    assert not GovernanceEvent.objects.exists()


def test_each_violated_slo_is_one_event_under_its_name(project, prometheus):
    prometheus.knows(GOOD | {"sli:autonomy_rate:5m": "0.5", "sli:decision_accuracy:5m": "0.2"})
    result = check()
    assert result["_meta"]["violated_count"] == 2
    assert result["autonomy_rate"]["gap"] == 0.2
    events = GovernanceEvent.objects.filter(event_type="slo_violation").order_by("subject")
    assert [event.subject for event in events] == ["autonomy_rate", "decision_accuracy"]
    assert {event.severity for event in events} == {"critical"}
    assert events[0].impact == "autonomy_rate is 0.5, below its red line 0.7"
    assert events[0].details["value"] == 0.5


def test_a_violated_slo_again_is_the_same_event_and_ok_resolves_it(project, prometheus):
    prometheus.knows(LOW)
    check()
    check(after=1)
    assert GovernanceEvent.objects.get().occurrences == 2
    prometheus.knows(GOOD)
    check(after=2)
    assert GovernanceEvent.objects.get().resolved_by == "system"


@pytest.mark.parametrize("answer", [vector(), vector("NaN"), error(400, "bad_data", "no")])
def test_silence_is_no_recovery(project, prometheus, answer):
    prometheus.knows(LOW)
    check()
    told = prometheus.answer
    prometheus.answer = lambda query: answer if "autonomy" in query else told(query)
    check(after=1)
    event = GovernanceEvent.objects.get()
    assert not event.resolved
    assert "cannot be measured" in event.impact


def test_with_prometheus_down_every_slo_is_an_error_and_none_is_ok(project, settings):
    settings.PROMETHEUS_URL = f"http://127.0.0.1:{closed_port()}"
    result = check()
    meta = result.pop("_meta")
    assert {verdict["status"] for verdict in result.values()} == {"error"}
    assert {verdict["reason"] for verdict in result.values()} == {"prometheus_unreachable"}
    assert (meta["error_count"], meta["ok_count"], meta["violated_count"]) == (5, 0, 0)
    assert (meta["status"], meta["all_skipped"]) == ("no_data", False)
    assert not is_open("slo_violation")
    assert is_open("governance_slo_data_gap")
    assert set(SloSample.objects.values_list("status", "value")) == {("error", None)}


def test_with_empty_answers_everything_is_no_data_and_that_is_a_gap(project, prometheus):
    result = check()
    meta = result.pop("_meta")
    assert {verdict["status"] for verdict in result.values()} == {"skipped"}
    assert {verdict["reason"] for verdict in result.values()} == {"no_data"}
    assert (meta["skipped_count"], meta["ok_count"]) == (5, 0)
    assert (meta["status"], meta["all_skipped"]) == ("no_data", True)
    event = GovernanceEvent.objects.get()
    assert (event.event_type, event.severity) == ("governance_slo_data_gap", "critical")
    assert set(event.details["reasons"]) == set(BUILT_IN)


@pytest.mark.parametrize("value", ["NaN", "+Inf", "-Inf"])
def test_what_is_no_number_is_skipped_and_never_ok(project, prometheus, value):
    prometheus.answer = lambda query: vector(value)
    result = check()
    meta = result.pop("_meta")
    assert {verdict["status"] for verdict in result.values()} == {"skipped"}
    assert {verdict["reason"] for verdict in result.values()} == {"non_finite_value"}
    assert {verdict["value"] for verdict in result.values()} == {None}
    assert (meta["ok_count"], meta["violated_count"], meta["status"]) == (0, 0, "no_data")
    assert is_open("governance_slo_data_gap")


def test_one_slo_with_data_and_there_is_no_gap(project, prometheus):
    check()
    assert is_open("governance_slo_data_gap")
    prometheus.knows({"sli:decision_accuracy:5m": "0.95"})
    check(after=1)
    assert not is_open("governance_slo_data_gap")


def test_a_data_gap_is_no_failed_check(project, prometheus):
    by = callers.system("tests", ["awoooi"])
    checking.run(by=by, trigger="schedule")
    cycle = SelfCheckCycle.objects.get()
    assert cycle.failed_checks == []
    assert cycle.results["slo_compliance"]["_meta"]["status"] == "no_data"
    assert is_open("governance_slo_data_gap")
    assert not is_open("governance_self_failure")


def test_each_evaluation_leaves_a_sample_of_each_slo(project, prometheus):
    prometheus.knows(LOW)
    check()
    found = dict(SloSample.objects.values_list("slo", "status"))
    assert set(found) == set(BUILT_IN)
    assert found["autonomy_rate"] == "violated"
    assert found["truth_chain_quality_summary_latency"] == "skipped"


def test_without_alert_it_only_looks(project, prometheus):
    prometheus.knows(LOW)
    assert check(alert=False)["_meta"]["violated_count"] == 1
    assert not SloSample.objects.exists()
    assert not GovernanceEvent.objects.exists()


def test_a_project_without_any_slo_has_no_gap(project, prometheus):
    for name in BUILT_IN:
        definition(name, "awoooi", enabled=False)
    assert check()["_meta"]["status"] == "no_data"
    assert not GovernanceEvent.objects.exists()


def test_a_silent_prometheus_is_asked_only_until_that_is_known(project, prometheus, monkeypatch):
    monkeypatch.setattr(scraped, "TIMEOUT_S", 0.3)
    for n in range(40):
        definition(f"more-{n}")
    prometheus.answer = lambda query: (prometheus.over.wait(20), vector())[1]
    result = check()
    assert result["_meta"]["error_count"] == 45
    assert len(prometheus.queries) <= scraped.CONNECTIONS
