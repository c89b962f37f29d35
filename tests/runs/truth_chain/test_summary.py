"""Truth-chain quality: measured, stored, served while it is fresh."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from awooop import clock, tenancy
from awooop.clock import now
from awooop.metrics import exposition
from governance.slo import database, definitions
from runs import status_chain
from runs.models import Incident, TruthChainSummary
from runs.status_chain import DONE, MISSING, NOT_NEEDED, WAITING, Stage
from runs.status_chain.chains import Chain
from runs.tasks import measure_truth_chains
from runs.truth_chain import stored, summary
from tests.runs.status_chain import stories
from tests.runs.transactions import read_only

pytestmark = pytest.mark.django_db
PATH = "/platform/truth-chain/quality/summary"
METRIC = "awooop_truth_chain_quality_summary_last_duration_seconds"


def chain(*statuses: str) -> Chain:
    """A chain whose first stages stand so; the rest is not needed."""
    padded = [*statuses, *[NOT_NEEDED] * (8 - len(statuses))]
    stages = {name: Stage(status) for name, status in zip(status_chain.STAGES, padded, strict=True)}
    return Chain("awoooi", "INC-20261121-AAAA", None, stages)


@pytest.mark.parametrize(
    ("done", "gaps", "grade"),
    [(8, 0, "A"), (7, 1, "B"), (6, 1, "B"), (5, 1, "C"), (6, 2, "C"), (5, 3, "D"), (4, 4, "D"),
     (3, 4, "F"), (0, 1, "F")],
)  # fmt: skip
def test_the_grade_is_the_share_of_what_is_due(done, gaps, grade):
    assert chain(*[DONE] * done, *[MISSING] * gaps).grade == grade


def test_what_waits_or_is_not_needed_is_not_due():
    one = chain(DONE, DONE, WAITING, WAITING)
    assert (one.grade, one.score) == ("A", 1.0)


def test_the_score_is_the_mean_and_coverage_the_share_of_what_was_due():
    told = summary.summed_up([chain(DONE, DONE), chain(DONE, MISSING)])
    assert told["quality_score"] == 0.75
    assert told["stage_coverage"]["incident"] == 0.5
    assert told["stage_coverage"]["run"] is None


def test_of_nothing_everything_is_unknown(api):
    body = api.get(PATH).json()
    assert (body["incidents"], body["quality_score"]) == ([], None)
    assert set(body["stage_coverage"].values()) == {None}


def test_the_fields(api):
    incident_id = stories.expired(api)
    with read_only():
        body = api.get(PATH).json()
    assert set(body) == {
        "schema_version", "project_id", "limit", "generated_at", "duration_ms", "cached",
        "incidents", "stage_coverage", "quality_score", "writes_on_read",
    }  # fmt: skip
    assert (body["project_id"], body["limit"], body["cached"]) == ("awoooi", 8, False)
    (one,) = body["incidents"]
    assert (one["incident_id"], one["grade"], one["missing"]) == (incident_id, "C", ["decision"])


def test_the_latest_come_first_and_no_more_than_asked(api):
    at = now()
    Incident.objects.bulk_create(
        Incident(
            incident_id=f"INC-20261121-L{number:03d}",
            project_id="awoooi",
            title="x",
            opened_at=at - timedelta(minutes=number),
        )
        for number in range(12)
    )
    ids = [one["incident_id"] for one in api.get(PATH, limit=3).json()["incidents"]]
    assert ids == ["INC-20261121-L000", "INC-20261121-L001", "INC-20261121-L002"]
    assert len(api.get(PATH).json()["incidents"]) == 8


@pytest.mark.parametrize("limit", ["0", "101", "many"])
def test_a_limit_out_of_range_is_refused(api, limit):
    assert api.get(PATH, limit=limit).status_code == 422


def test_a_read_stores_nothing(api):
    api.get(PATH)
    api.get(PATH, refresh="true")
    assert not TruthChainSummary.objects.exists()


def test_the_task_stores_it_and_it_is_served_for_a_minute(api):
    assert measure_truth_chains() == {"measured": 1, "failed": 0}
    with tenancy.scope(["awoooi"]):
        made = TruthChainSummary.objects.get()
    stories.by_hand(api)
    with clock.set_to(made.generated_at + timedelta(seconds=60)):
        body = api.get(PATH).json()
        assert (body["cached"], body["incidents"]) == (True, [])
    with clock.set_to(made.generated_at + timedelta(seconds=61)):
        body = api.get(PATH).json()
        assert (body["cached"], len(body["incidents"])) == (False, 1)


def test_refresh_measures_again(api):
    measure_truth_chains()
    stories.by_hand(api)
    body = api.get(PATH, refresh="true").json()
    assert (body["cached"], len(body["incidents"])) == (False, 1)


def test_another_limit_is_not_the_stored_one(api):
    measure_truth_chains()
    assert api.get(PATH, limit=9).json()["cached"] is False


def test_rung_twice_it_measures_once(project):
    measure_truth_chains()
    assert measure_truth_chains() == {"measured": 0, "failed": 0}


def test_each_active_project_is_measured_and_no_other(project, other_project):
    other_project.is_active = False
    with tenancy.registry():
        other_project.save()
    assert measure_truth_chains()["measured"] == 1


def test_one_that_fails_leaves_the_others(project, other_project, monkeypatch):
    measure = summary.measure

    def failing(projects, *args):
        if projects == ["awoooi"]:
            raise DatabaseError("no answer")
        return measure(projects, *args)

    monkeypatch.setattr(summary, "measure", failing)
    assert stored.measure_all() == {"measured": 1, "failed": 1}
    with tenancy.scope(["awoooi"]):
        failed = TruthChainSummary.objects.get()
    assert (failed.success, failed.error) == (False, "DatabaseError: no answer")


def test_the_metric_says_how_long_the_last_took(project):
    measure_truth_chains()
    with tenancy.scope(["awoooi"]):
        TruthChainSummary.objects.update(duration_ms=250)
        assert f'{METRIC}{{limit="8",project_id="awoooi",success="true"}} 0.25' in exposition()


def test_a_measurement_of_long_ago_is_no_metric(project):
    measure_truth_chains()
    with clock.set_to(now() + timedelta(minutes=61)), tenancy.scope(["awoooi"]):
        assert f"{METRIC}{{" not in exposition()


def test_the_slo_is_read_from_it(project, other_project):
    name = "truth_chain_quality_summary_latency"
    with tenancy.scope(["awoooi"]):
        measure_truth_chains()
        TruthChainSummary.objects.update(duration_ms=9_000)
    with tenancy.scope(["awoooi", "other"]):
        TruthChainSummary.objects.filter(project_id="other").delete()
        wanted = dict.fromkeys(("awoooi", "other"), (definitions.BUILT_IN[name],))
        found = database.read(wanted, now())
    assert found["awoooi", name].value == 9.0
    assert found["other", name].reason == "no_data"


def test_more_incidents_cost_no_more_statements(project):
    def statements(limit: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            summary.measure(["awoooi"], limit)
        return len(queries)

    Incident.objects.bulk_create(
        Incident(incident_id=f"INC-20261121-N{n:03d}", project_id="awoooi", title="x")
        for n in range(20)
    )
    assert statements(20) == statements(2)
