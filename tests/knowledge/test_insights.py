"""The stale ratio by day, of one project and of several together."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from awooop import tenancy
from awooop.clock import now
from governance import insights
from knowledge.selectors import ratio_history
from tests import factories
from tests.governance import samples


def measured(project_id: str, stale: int, total: int, *, days_ago: int = 0) -> None:
    found = {"ratio": stale / total, "stale": stale, "total": total, "threshold": 0.2}
    samples.cycle(
        project_id,
        results={"knowledge_degradation": found},
        started_at=now() - timedelta(days=days_ago),
    )


def days():
    return insights.last(3, ZoneInfo("UTC")).params


def test_each_day_has_its_last_measure_and_the_others_are_unknown(project):
    measured("awoooi", 5, 10, days_ago=2)
    measured("awoooi", 1, 10)
    stale, allowed = ratio_history.together(["awoooi"], days()["begins"], days()["ends"])
    assert stale == [50.0, None, 10.0]
    assert allowed == [20.0, None, 20.0]


def test_projects_count_by_their_entries(project):
    factories.project("elsewhere")
    with tenancy.scope(["awoooi", "elsewhere"]):
        measured("awoooi", 30, 30)
        measured("elsewhere", 0, 70)
        stale, _ = ratio_history.together(["awoooi", "elsewhere"], days()["begins"], days()["ends"])
    assert stale[-1] == 30.0


def test_the_chart_is_on_the_page(page):
    measured("awoooi", 5, 10)
    found = page.get("/awooop/insights", {"days": "2", "chart": "stale_ratio"}).content.decode()
    assert 'aria-label="Stale knowledge"' in found
    assert "50.0 %" in found
