"""The page of charts, its file and its API: the same numbers, of the projects that one may see."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from awooop import tenancy
from awooop.clock import now
from governance import insights
from governance.insights import Chart, Series
from governance.models import SloSample
from runs.models import Approval, Run
from tests import factories
from tests.governance import samples
from tests.runs.transactions import read_only

PATH = "/awooop/insights"


def text(page, **query) -> str:
    response = page.get(PATH, query)
    assert response.status_code == 200
    return response.content.decode()


def sample(slo: str, status: str, value: float | None = None, project: str = "awoooi", **ago):
    return SloSample.objects.create(
        project_id=project,
        slo=slo,
        status=status,
        value=value,
        evaluated_at=now() - timedelta(**ago),
    )


def charts(api, **query) -> dict[str, dict]:
    answer = api.get("/platform/insights", **query)
    assert answer.status_code == 200
    return {chart["name"]: chart for chart in answer.json()["charts"]}


def values(chart: dict, key: str) -> list:
    return next(row["values"] for row in chart["series"] if row["key"] == key)


def fill(key: str) -> None:
    """Something of everything."""
    approval = factories.waiting(key)
    Run.objects.filter(pk=approval.run_id).update(cost_usd=Decimal("1.25"))
    samples.event(subject=str(approval.pk))
    sample("autonomy_rate", "ok", 0.9)


def test_without_any_data_every_chart_says_why_it_is_empty(page):
    found = text(page, project_id="awoooi")
    assert "No approval was asked for in these days." in found
    assert "No self-check evaluated an SLO in these days." in found
    assert "No run reported a cost in these days." in found
    assert "No self-check measured knowledge in these days." in found
    assert '<svg class="chart stacked"' not in found


def test_it_shows_charts_with_their_numbers_as_tables(page, key):
    fill(key)
    found = text(page, days="7")
    assert 'viewBox="0 0 720 150" role="img" aria-label="Approvals by outcome"' in found
    assert "$1.25" in found
    assert found.count("<details>") >= 3
    opened = text(page, days="7", numbers="open")
    assert "<details>" not in opened
    assert opened.count("<details open>") == found.count("<details>")


def test_one_project_has_a_line_for_each_slo_and_several_have_not(project):
    root = Client()
    root.force_login(factories.user("root@example.org", is_superuser=True))
    sample("autonomy_rate", "violated", 0.5)
    assert 'id="slo_autonomy_rate"' in text(root, project_id="awoooi")
    factories.project("elsewhere")
    found = text(root)
    assert 'id="slo_autonomy_rate"' not in found
    assert "Choose one project to see the value of each SLO." in found


def test_slo_states_are_those_of_the_last_sample_of_the_day(api, project):
    sample("autonomy_rate", "violated", 0.5, minutes=2)
    sample("autonomy_rate", "ok", 0.9)
    sample("decision_accuracy", "skipped")
    chart = charts(api, days="1")["slo_states"]
    assert [values(chart, key) for key in ("ok", "violated", "skipped")] == [[1], [0], [1]]
    line = charts(api, days="1")["slo_autonomy_rate"]
    assert (values(line, "value"), line["target"], line["limit"]) == ([0.9], 0.8, 0.7)


def test_a_day_without_a_sample_is_unknown_not_zero(api, project):
    sample("autonomy_rate", "ok", 0.9)
    assert values(charts(api, days="3")["slo_autonomy_rate"], "value") == [None, None, 0.9]


def test_the_api_says_money_as_decimals_and_which_days_are_meant(api, key):
    fill(key)
    answer = api.get("/platform/insights", days="2").json()
    assert answer["projects"] == ["awoooi"]
    assert answer["writes_on_read"] is False
    assert answer["dates"] == [answer["since"], answer["until"]]
    (cost,) = (chart for chart in answer["charts"] if chart["name"] == "cost_by_agent")
    assert (cost["unit"], cost["series"][0]["key"]) == ("usd", "sre-agent")
    assert Decimal(cost["series"][0]["values"][-1]) == Decimal("1.25")


def test_one_chart_may_be_asked_for(api, page, project):
    assert list(charts(api, chart="decision_latency")) == ["decision_latency"]
    assert 'id="cost_by_agent"' not in text(page, chart="decision_latency")
    wrong = api.get("/platform/insights", chart="no-such")
    assert wrong.status_code == 422
    assert "approvals_by_outcome" in wrong.json()["errors"][0]["message"]


def rows_of(page, **query) -> list[dict[str, str]]:
    answer = page.get(PATH, {"format": "csv", **query})
    assert answer["Content-Disposition"] == 'attachment; filename="insights.csv"'
    written = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(written)))


def test_the_file_has_every_number_of_the_page(page, key):
    fill(key)
    rows = rows_of(page, days="2", chart="cost_by_agent")
    assert [row["value"] for row in rows] == ["0", "1.250000"]
    assert {(row["chart"], row["series"], row["unit"]) for row in rows} == {
        ("cost_by_agent", "sre-agent", "usd")
    }


def test_an_agents_name_is_no_formula_in_the_file(page, key):
    approval = factories.waiting(key, run_values={"agent_id": "=cmd|'/C calc'!A0"})
    Run.objects.filter(pk=approval.run_id).update(cost_usd=Decimal("2"))
    assert rows_of(page, days="1", chart="cost_by_agent")[0]["series"].startswith("'=cmd")


def test_what_is_unknown_is_empty_in_the_file(page, project):
    rows = rows_of(page, days="1", chart="decision_latency")
    assert [(row["series"], row["value"]) for row in rows] == [("p50", ""), ("p90", "")]


@pytest.mark.parametrize("wrong", [{"since": "2026-02-30"}, {"days": "1000"}])
def test_a_period_that_makes_no_sense_is_told_at_its_field(page, wrong):
    response = page.get(PATH, wrong)
    assert response.status_code == 422
    assert "Nothing is shown: the period makes no sense." in response.content.decode()
    assert page.get(PATH, {**wrong, "format": "csv"}).status_code == 422


@pytest.mark.parametrize("wrong", [{"format": "pdf"}, {"numbers": "x"}, {"chart": "nothing"}])
def test_an_address_that_makes_no_sense_is_refused(page, wrong):
    assert page.get(PATH, wrong).status_code == 422


def test_what_agents_and_people_wrote_is_shown_as_text(page, key):
    approval = factories.waiting(key, run_values={"agent_id": "<script>alert(1)</script>"})
    Run.objects.filter(pk=approval.run_id).update(cost_usd=Decimal("2"))
    found = text(page)
    assert "<script>alert" not in found
    assert "&lt;script&gt;alert(1)" in found


def test_another_projects_numbers_are_not_in_it(page, api, other_project):
    with tenancy.scope(["other"]):
        factories.waiting(factories.api_key("other"), "other")
        sample("autonomy_rate", "violated", 0.1, project="other")
        samples.event("other")
    for chart in charts(api, days="2").values():
        for row in chart["series"]:
            assert not any(row["values"]), chart["name"]
    assert page.get(PATH, {"project_id": "other"}).status_code == 404


def test_it_costs_at_most_twenty_statements_whatever_there_is(page, key):
    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            text(page, project_id="awoooi")
        counts.append(sum("SAVEPOINT" not in query["sql"] for query in queries.captured_queries))
        fill(key)
        Approval.objects.update(status="approved", resolved_at=now())
    assert counts[0] == counts[1] == counts[2]
    assert counts[0] <= 20


def test_reading_works_in_a_read_only_transaction(page, key):
    fill(key)
    with read_only():
        text(page)


def test_it_is_read_in_chinese(page, operator):
    operator.language = "zh-hant"
    operator.save(update_fields=["language"])
    found = text(page)
    assert "這段期間沒有提出任何核准請求。" in found
    assert "決定所需時間" in found


def test_rooms_contribute_and_a_name_is_taken_once(project):
    def read(projects, period):
        return [Chart("mine", "Mine", [Series("a", "A", [1] * len(period.days))])]

    period = insights.last(2, ZoneInfo("UTC"))
    with insights.insights_for_test(mine=read):
        assert [chart.name for chart in insights.of(["awoooi"], period)] == ["mine"]
        assert insights.named("mine", ["awoooi"], period)[0].series[0].values == [1, 1]
        with pytest.raises(ValueError, match="registered already"):
            insights.insight("mine", order=1)(read)
    assert "approvals_by_outcome" in {chart.name for chart in insights.of(["awoooi"], period)}


def test_what_was_asked_for_counts_on_its_day_only(api, key):
    at = now()
    approval = factories.waiting(key)
    Approval.objects.filter(pk=approval.pk).update(requested_at=at - timedelta(days=5))
    chart = charts(api, days="7")["approvals_by_outcome"]
    assert values(chart, "pending")[1] == 1
    assert sum(values(chart, "pending")) == 1
