from __future__ import annotations

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from awooop import tenancy
from awooop.clock import now
from awooop.models import Project
from governance.models import SloSample
from governance.slo import evaluation, slis
from tests.governance.slo import rows
from tests.governance.slo.fake_prometheus import vector

pytestmark = pytest.mark.django_db
ALL = {
    "autonomy_rate",
    "decision_accuracy",
    "confidence_calibration",
    "km_growth_rate",
    "truth_chain_quality_summary_latency",
}


def statuses(**values):
    return {name: verdict["status"] for name, verdict in rows.evaluate(**values).items()}


def test_without_a_prometheus_the_database_answers(project, no_prometheus):
    rows.executions((True, False, None), (True, False, None), (True, True, None))
    found = rows.evaluate()
    assert set(found) == ALL
    assert found["autonomy_rate"]["value"] == 0.667
    assert found["autonomy_rate"]["status"] == "violated"
    assert found["decision_accuracy"]["reason"] == "no_data"
    assert found["truth_chain_quality_summary_latency"]["reason"] == "no_data"


def test_with_a_prometheus_only_it_answers(project, prometheus):
    rows.executions((True, True, None))
    prometheus.knows({"sli:autonomy_rate:5m": "0.91", "knowledge_entries_created_24h": "21"})
    found = rows.evaluate()
    assert found["autonomy_rate"]["value"] == 0.91
    assert found["km_growth_rate"]["value"] == 21
    assert found["decision_accuracy"]["status"] == "skipped"
    assert len(prometheus.queries) == 5
    assert all('project_id="awoooi"' in query for query in prometheus.queries)


def test_each_project_is_asked_for_by_its_own_label(other_project, prometheus):
    prometheus.answer = lambda query: vector("0.9" if "awoooi" in query else "0.1")
    both = ("awoooi", "other")
    assert rows.evaluate(both)["autonomy_rate"]["status"] == "ok"
    assert rows.evaluate(both, "other")["autonomy_rate"]["status"] == "violated"


def test_a_projects_own_definition_stands_before_the_one_for_all(other_project, prometheus):
    prometheus.answer = lambda query: vector("0.75")
    rows.definition("autonomy_rate", target="0.99", hard_red_line="0.95")
    rows.definition("autonomy_rate", "other", target="0.5", hard_red_line="0.4")
    both = ("awoooi", "other")
    assert rows.evaluate(both)["autonomy_rate"]["status"] == "violated"
    assert rows.evaluate(both, "other")["autonomy_rate"]["status"] == "ok"
    assert any(query.startswith("x{") for query in prometheus.queries)


def test_one_that_is_switched_off_is_not_evaluated(other_project, prometheus):
    rows.definition("autonomy_rate", "awoooi", enabled=False)
    both = ("awoooi", "other")
    assert set(statuses(projects=both)) == ALL - {"autonomy_rate"}
    assert set(statuses(projects=both, project="other")) == ALL


def test_one_of_another_name_is_evaluated_beside_the_built_in(project, prometheus):
    rows.definition("queue_age", query="max(q)", direction="below", target=10, hard_red_line=60)
    prometheus.knows({"q": "61"})
    verdict = rows.evaluate()["queue_age"]
    assert (verdict["status"], verdict["gap"]) == ("violated", 1)


def test_the_database_does_not_answer_for_a_query_that_is_not_its_own(project, no_prometheus):
    rows.executions((True, False, None))
    rows.definition("autonomy_rate", "awoooi", query="something_else")
    verdict = rows.evaluate()["autonomy_rate"]
    assert verdict["reason"] == "no_data"
    assert "PROMETHEUS_URL" in verdict["hint"]


def test_other_lines_for_the_built_in_query_are_judged_from_the_database(project, no_prometheus):
    rows.executions((True, False, None), (True, True, None))
    rows.definition(
        "autonomy_rate", query="sli:autonomy_rate:5m", target="0.6", hard_red_line="0.4"
    )
    assert rows.evaluate()["autonomy_rate"]["status"] == "ok"


def test_an_sli_whose_sql_fails_is_an_error_and_the_others_stand(project, no_prometheus):
    def broken(window):
        raise DatabaseError("relation does not exist")

    def good(window):
        return dict.fromkeys(window.projects, 0.9)

    with slis.registered_for_test(autonomy_rate=broken, decision_accuracy=good):
        found = statuses()
    assert found["autonomy_rate"] == "error"
    assert found["decision_accuracy"] == "ok"
    assert found["km_growth_rate"] == "skipped"


def test_a_query_that_is_refused_is_an_error_and_the_others_stand(project, prometheus):
    rows.definition("autonomy_rate", query="a; drop")
    prometheus.knows({"sli:decision_accuracy:5m": "0.95"})
    found = statuses()
    assert found["autonomy_rate"] == "error"
    assert found["decision_accuracy"] == "ok"


def test_more_projects_need_no_more_statements(project, no_prometheus):
    names = ["awoooi", *(f"p{n}" for n in range(10))]
    counts = []
    with tenancy.scope(names):
        Project.objects.bulk_create(Project(project_id=name) for name in names[1:])
        for some in (names[:1], names):
            with CaptureQueriesContext(connection) as context:
                evaluation.keep(evaluation.evaluate(some, now()), now())
            counts.append(len(context))
        assert SloSample.objects.filter(project_id__in=names).count() == 12 * len(ALL)
    assert counts[0] == counts[1]
