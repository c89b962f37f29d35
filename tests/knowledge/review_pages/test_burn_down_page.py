"""The burn-down: where the ratio stands, how it came there; and the card on the home page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import tenancy
from awooop.clock import now
from governance.models import SelfCheckCycle
from tests.knowledge.review_pages.steps import (
    ARCHIVE,
    BURN_DOWN,
    confirm,
    preview,
    queue,
    review_of,
    text,
)
from tests.knowledge.reviews.rows import stale_and_fresh
from tests.runs.transactions import read_only

pytestmark = pytest.mark.django_db


def cycle(days_ago: float, ratio: float | None, project: str = "awoooi", **more: int) -> None:
    at = now() - timedelta(days=days_ago)
    found = {"error": "x"} if ratio is None else {"ratio": ratio, **more}
    results = {"knowledge_degradation": found}
    SelfCheckCycle.objects.create(
        project_id=project, started_at=at, finished_at=at, trigger="schedule", results=results
    )


def numbers(answer) -> list[str]:
    """The table under the chart, oldest day first."""
    found = re.findall(r'<th scope="row">\d\d-\d\d</th><td class="num">(.*?)</td>', text(answer))
    return [re.sub(r"<.*?>", "", each) for each in found]


def test_without_knowledge_there_is_no_data(page):
    shown = text(page.get(BURN_DOWN))
    assert "No data" in shown
    assert "No review was completed yet" in shown
    assert "0.0 %" not in shown.partition("<h2>")[0]


def test_above_the_threshold_it_says_how_far(page):
    stale_and_fresh(3, 7)
    shown = text(page.get(BURN_DOWN))
    assert "30.0 %" in shown
    assert "Above the threshold" in shown
    assert '<span class="tile-value">1</span>' in shown


def test_at_the_threshold_it_is_within(page):
    stale_and_fresh(2, 8)
    assert "Within the threshold" in text(page.get(BURN_DOWN))


def test_the_chart_has_the_last_measure_of_each_day_and_today_as_it_is(page):
    stale_and_fresh(1, 3)
    cycle(3, 0.5)
    cycle(2.0, 0.1)
    cycle(1.999, 0.4)
    cycle(1, None)
    found = numbers(page.get(BURN_DOWN))
    assert len(found) == 30
    assert found[-4:] == ["50 %", "40 %", "no data", "25 %"]


def test_the_red_line_is_read_without_colour(page):
    stale_and_fresh(1, 3)
    shown = text(page.get(BURN_DOWN))
    assert 'class="limit"' in shown
    assert "red line 20" in shown


def test_a_completed_review_is_listed_with_what_it_changed(page, owner):
    from awooop import callers
    from knowledge.actions import rechecks

    made, *_ = stale_and_fresh(2, 2)
    queue(page, made)
    confirm(page, made, preview(page, made, ARCHIVE))
    rechecks.run_waiting(by=callers.system("tests", ["awoooi"]))
    shown = text(page.get(BURN_DOWN))
    assert f'href="{review_of(made)}"' in shown
    assert "33.3 %" in shown
    assert ">-1<" in shown


def test_a_limit_that_makes_no_sense_is_422(page):
    assert page.get(BURN_DOWN, {"limit": "0"}).status_code == 422


def test_another_project_is_unknown(page, other_project):
    assert page.get(BURN_DOWN, {"project_id": "other"}).status_code == 404


def test_history_costs_the_same_however_long(page):
    stale_and_fresh(1, 3)
    counts = []
    for number in range(2):
        for day in range(1, 6):
            cycle(day + number / 2, 0.3)
        with CaptureQueriesContext(connection) as queries:
            page.get(BURN_DOWN)
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]


def test_reading_works_in_a_read_only_transaction(page):
    stale_and_fresh(1, 1)
    with read_only():
        assert page.get(BURN_DOWN).status_code == 200


def test_the_home_page_shows_the_ratio_with_its_history(page):
    cycle(2, 0.5)
    cycle(0.001, 0.3, total=10, stale=3)
    shown = text(page.get("/"))
    assert "30.0 % stale, at most 20 %" in shown
    assert "1 entry to the threshold" in shown
    assert 'aria-label="Stale ratio of the last 30 days, in percent"' in shown


def test_the_home_page_has_no_card_where_nothing_was_measured(page):
    assert "Stale knowledge" not in text(page.get("/"))


def test_the_home_page_shows_nothing_of_another_project(page, other_project):
    with tenancy.scope(["other"]):
        cycle(0.001, 0.3, "other", total=10, stale=3)
    assert "Stale knowledge" not in text(page.get("/"))
