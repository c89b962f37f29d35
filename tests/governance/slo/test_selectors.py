from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import tenancy
from awooop.clock import now
from governance.models import SloSample
from governance.selectors import slo as selectors
from tests.governance.slo.rows import definition
from tests.runs.transactions import read_only

pytestmark = pytest.mark.django_db


def sample(slo, value, *, age=timedelta(), status="ok", project="awoooi", reason=""):
    with tenancy.scope([project]):
        SloSample.objects.create(
            project_id=project,
            slo=slo,
            value=value,
            status=status,
            reason=reason,
            evaluated_at=now() - age,
        )


def latest(project="awoooi"):
    with tenancy.scope([project]):
        return selectors.latest([project])[project]


def test_the_latest_sample_of_each_slo_is_the_evaluation(project):
    sample("autonomy_rate", 0.6, status="violated")
    sample("autonomy_rate", 0.9, age=timedelta(hours=1))
    sample("decision_accuracy", None, status="error", reason="prometheus_unreachable")
    found = latest()
    by_name = {verdict["name"]: verdict for verdict in found.verdicts}
    assert by_name["autonomy_rate"]["status"] == "violated"
    assert by_name["autonomy_rate"]["gap"] == 0.1
    assert by_name["autonomy_rate"]["target"] == 0.8
    assert "did not answer" in by_name["decision_accuracy"]["hint"]
    assert by_name["km_growth_rate"]["reason"] == "no_data"
    assert found.meta["violated_count"] == 1
    assert found.meta["error_count"] == 1
    assert found.meta["skipped_count"] == 3
    assert not found.is_stale


def test_what_was_never_evaluated_is_no_data_and_stale(project):
    found = latest()
    assert found.evaluated_at is None
    assert found.is_stale
    assert found.meta["status"] == "no_data"


def test_an_evaluation_that_was_not_renewed_is_stale(project):
    sample("autonomy_rate", 0.9, age=timedelta(hours=1, minutes=59))
    assert not latest().is_stale
    SloSample.objects.update(evaluated_at=now() - timedelta(hours=2, minutes=1))
    assert latest().is_stale


def test_an_slo_that_is_switched_off_is_not_shown(project):
    sample("autonomy_rate", 0.9)
    definition("autonomy_rate", "awoooi", enabled=False)
    assert "autonomy_rate" not in {verdict["name"] for verdict in latest().verdicts}
    assert "autonomy_rate" not in selectors.history("awoooi")


def test_the_history_is_30_days_oldest_first_and_one_point_an_hour(project):
    start = now().replace(minute=30, second=0, microsecond=0) - timedelta(hours=2)
    base = now() - start
    for minutes, value in [(0, 0.5), (10, 0.6), (60, 0.7)]:
        sample("autonomy_rate", value, age=base - timedelta(minutes=minutes))
    sample("autonomy_rate", 0.1, age=timedelta(days=31))
    sample("autonomy_rate", None, age=timedelta(days=29), status="skipped", reason="no_data")
    points = selectors.history("awoooi")["autonomy_rate"]
    assert [point.value for point in points] == [None, 0.6, 0.7]
    assert points[0].status == "skipped"


def test_another_projects_samples_are_not_shown(other_project):
    sample("autonomy_rate", 0.9, project="other")
    assert latest().evaluated_at is None
    assert selectors.history("awoooi")["autonomy_rate"] == []


def test_reading_writes_nothing(project):
    sample("autonomy_rate", 0.9)
    with read_only():
        latest()
        selectors.history("awoooi")


def test_more_projects_need_no_more_statements(other_project):
    counts = []
    for projects in (["awoooi"], ["awoooi", "other"]):
        with tenancy.scope(projects), CaptureQueriesContext(connection) as context:
            selectors.latest(projects)
        counts.append(len(context))
    assert counts[0] == counts[1]


def test_samples_are_found_by_index_at_a_hundred_thousand(project):
    from tests.runs import plans

    with connection.cursor() as cursor:
        cursor.execute(
            """insert into governance_slosample (project_id, slo, status, reason, value,
                 evaluated_at)
               select 'awoooi', 'slo-' || n % 40, 'ok', '', 0.9, now() - n * interval '10 minutes'
               from generate_series(1, 100000) n"""
        )
        cursor.execute("update governance_slosample set slo = 'autonomy_rate' where slo = 'slo-7'")
        cursor.execute("analyze governance_slosample")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plans, "GROWING", ("governance_slosample",))
        with plans.explained() as found:
            selectors.latest(["awoooi"])
            selectors.history("awoooi")
    sampled = [plan for plan in found if "governance_slosample" in plan.sql]
    assert len(sampled) == 2
    for plan in sampled:
        assert plan.whole_tables == [], plan.sql
        assert plan.looked_at <= 800, plan.sql
