from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from awooop import tenancy
from awooop.clock import now
from governance.slo import slis
from governance.slo.slis import Window
from tests import factories
from tests.governance.slo import rows

pytestmark = pytest.mark.django_db
GOOD, BAD = True, False
ALONE, ASKED = False, True
DAY = timedelta(hours=24)


def value(name, project="awoooi", projects=None):
    function = slis.registered(name)
    projects = tuple(projects or [project])
    with tenancy.scope(projects):
        answer = function(Window(projects, now())).get(project)
    return None if answer is None else round(answer, 6)


def test_autonomy_is_the_share_of_operations_that_needed_nobody(project):
    rows.executions((GOOD, ALONE, None), (BAD, ALONE, None), (GOOD, ALONE, None))
    rows.executions((GOOD, ASKED, None), age=timedelta(minutes=1))
    assert value("autonomy_rate") == 0.75


def test_accuracy_is_the_share_of_verifications_that_were_a_success(project):
    rows.evidence("success", "success", "degraded", "timeout", "failed", None, None)
    assert value("decision_accuracy") == 0.4


def test_calibration_is_one_minus_the_expected_calibration_error(project):
    # Bin 9: |4 - 4.6| of 5; bin 2: |1 - 0.4| of 2. 1 - 1.2 / 7.
    rows.executions(*[(GOOD, ALONE, "0.92")] * 4, (BAD, ALONE, "0.92"))
    rows.executions((GOOD, ALONE, "0.2"), (BAD, ALONE, "0.2"), (GOOD, ALONE, None))
    assert value("confidence_calibration") == pytest.approx(1 - 1.2 / 7, abs=1e-6)


@pytest.mark.parametrize(("low", "high"), [("0.099", "0.1"), ("0.899", "0.9"), ("0", "1")])
def test_neighbouring_bins_do_not_make_up_for_each_other(project, low, high):
    rows.executions((GOOD, ALONE, low), (BAD, ALONE, high))
    errors = (1 - float(low)) + float(high)
    assert value("confidence_calibration") == pytest.approx(1 - errors / 2, abs=1e-6)


def test_certainty_falls_into_the_last_bin(project):
    rows.executions((GOOD, ALONE, "1"), (BAD, ALONE, "0.9"))
    assert value("confidence_calibration") == pytest.approx(1 - 0.9 / 2, abs=1e-6)


@pytest.mark.parametrize("name", ["autonomy_rate", "decision_accuracy", "confidence_calibration"])
def test_where_nothing_happened_in_a_day_there_is_no_value(project, name):
    assert value(name) is None
    rows.executions((GOOD, ALONE, "0.9"), age=DAY + timedelta(seconds=1))
    rows.evidence("success", age=DAY + timedelta(seconds=1))
    assert value(name) is None
    rows.executions((GOOD, ALONE, "0.9"), age=DAY - timedelta(seconds=30))
    rows.evidence("success", age=DAY - timedelta(seconds=30))
    assert value(name) is not None


def test_growth_counts_the_entries_of_a_day(project):
    from knowledge.models import KnowledgeEntry

    assert value("km_growth_rate") == 0
    KnowledgeEntry.objects.bulk_create(
        KnowledgeEntry(project_id="awoooi", title=str(n), created_at=now() - timedelta(hours=n))
        for n in (1, 20, 25)
    )
    assert value("km_growth_rate") == 2


@pytest.mark.parametrize(
    "name", ["autonomy_rate", "decision_accuracy", "confidence_calibration", "km_growth_rate"]
)
def test_each_project_has_its_own_value_from_one_statement(
    other_project, name, django_assert_num_queries
):
    rows.executions((GOOD, ALONE, "0.9"))
    rows.executions((GOOD, ASKED, "0.2"), project="other")
    rows.evidence("success")
    rows.evidence("failed", project="other")
    both = Window(("awoooi", "other"), now())
    with tenancy.scope(both.projects), django_assert_num_queries(1):
        found = slis.registered(name)(both)
    assert set(found) == {"awoooi", "other"}
    if name != "km_growth_rate":
        assert found["awoooi"] != found["other"]


_MANY = """
insert into runs_execution (id, project_id, incident_id, success, human_approved,
    predicted_confidence, created_at)
  select gen_random_uuid(), (array['awoooi', 'other'])[1 + n % 2], 'INC-20260101-0001',
    n % 5 > 0, n % 4 = 0, (n % 1000) / 1000.0, now() - n * interval '1 minute'
  from generate_series(1, 100000) n;
insert into runs_evidence (id, project_id, incident_id, verification_result, snapshot,
    collected_at)
  select gen_random_uuid(), (array['awoooi', 'other'])[1 + n % 2], 'INC-20260101-0001',
    case when n % 3 = 0 then null else 'success' end, '{}', now() - n * interval '1 minute'
  from generate_series(1, 100000) n;
analyze runs_execution; analyze runs_evidence
"""


def test_a_day_is_read_by_index_at_a_hundred_thousand_rows(other_project):
    from tests.runs import plans

    both = ("awoooi", "other")
    with tenancy.scope(both), connection.cursor() as cursor:
        for statement in _MANY.split(";"):
            cursor.execute(statement)
    tables = ("runs_execution", "runs_evidence")
    with tenancy.scope(both), pytest.MonkeyPatch.context() as patch:
        patch.setattr(plans, "GROWING", tables)
        with plans.explained() as found:
            for name in ("autonomy_rate", "decision_accuracy", "confidence_calibration"):
                slis.registered(name)(Window(both, now()))
    assert len(found) == 3
    for plan in found:
        assert plan.whole_tables == [], plan.sql
        assert plan.looked_at <= 1_450, plan.sql


def test_a_second_sli_of_a_name_is_refused():
    with pytest.raises(ValueError, match="registered already"):
        slis.sli("autonomy_rate")(lambda window: {})


def test_other_rows_are_invisible_to_a_project(other_project):
    rows.executions((GOOD, ASKED, None), project="other")
    assert value("autonomy_rate", projects=["awoooi"]) is None


def test_a_key_reports_and_the_sli_follows(api):
    factories.run()
    from runs.models import Incident

    Incident.objects.create(incident_id=rows.INCIDENT, project_id="awoooi", title="t")
    body = [{"success": True}, {"success": True, "human_approved": True}]
    assert api.post(f"/platform/incidents/{rows.INCIDENT}/executions", body).status_code == 201
    assert value("autonomy_rate") == 0.5
