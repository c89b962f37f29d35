"""What runs and approvals came to, by day, is counted as it says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from awooop.clock import now
from governance import insights
from runs.models import Approval, Run
from runs.selectors import daily
from tests import factories

PROJECT = ["awoooi"]


@pytest.fixture
def days():
    """The last three days."""
    return insights.last(3, ZoneInfo("UTC")).params


def asked(key, *, status: str, minutes: float | None = None, ago: int = 0) -> None:
    approval = factories.waiting(key)
    Run.objects.filter(pk=approval.run_id).update(state="completed")
    at = now() - timedelta(days=ago)
    resolved = None if status == "pending" else at + timedelta(minutes=minutes or 0)
    Approval.objects.filter(pk=approval.pk).update(
        status=status, requested_at=at, resolved_at=resolved
    )


def test_each_outcome_is_counted_on_the_day_it_was_asked_for(key, days):
    for status in ("approved", "rejected", "expired", "cancelled", "pending"):
        asked(key, status=status, ago=1)
    asked(key, status="approved")
    found = daily.approvals(PROJECT, days)
    assert found.outcomes["approved"] == [0, 1, 1]
    assert found.outcomes["pending"] == [0, 1, 0]
    assert [sum(row) for row in zip(*found.outcomes.values(), strict=True)] == [0, 5, 1]


def test_time_to_a_decision_is_that_of_people_only(key, days):
    for minutes in range(1, 11):
        asked(key, status="approved", minutes=minutes)
    asked(key, status="expired", minutes=600)
    found = daily.approvals(PROJECT, days)
    assert found.median[:2] == [None, None]
    assert found.median[2] == pytest.approx(330)
    assert found.slow[2] == pytest.approx(546)


def test_runs_are_counted_by_how_they_ended(project, days):
    for state in ("completed", "failed", "timed_out", "cancelled"):
        Run.objects.filter(pk=factories.run().pk).update(state=state)
    factories.run()
    found = daily.runs(PROJECT, days)
    assert {name: counts[-1] for name, counts in found.states.items()} == {
        "completed": 1, "failed": 1, "timed_out": 1, "cancelled": 1, "at_work": 1,
    }  # fmt: skip


def test_the_costliest_agents_have_rows_and_the_others_are_together(project, days):
    for number in range(daily.AGENTS_AT_MOST + 3):
        run = factories.run(agent_id=f"agent-{number}")
        Run.objects.filter(pk=run.pk).update(cost_usd=Decimal(number + 1))
    factories.run(agent_id="free")
    costs = daily.runs(PROJECT, days).costs
    assert list(costs) == [*(f"agent-{number}" for number in range(8, 2, -1)), None]
    assert costs[None][-1] == Decimal(1 + 2 + 3)
    assert "free" not in costs


def test_days_are_those_of_the_zone(key):
    asked(key, status="approved", minutes=1)
    at = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)  # the 20th in Taipei
    Approval.objects.update(requested_at=at, resolved_at=at + timedelta(minutes=1))
    given = {"since": "2026-11-19", "until": "2026-11-20"}
    for zone, counts in (("UTC", [1, 0]), ("Asia/Taipei", [0, 1])):
        days = insights.parse(given, ZoneInfo(zone)).params
        assert daily.approvals(PROJECT, days).outcomes["approved"] == counts


def test_nothing_beyond_the_last_day_is_counted(key):
    asked(key, status="approved", minutes=1)
    days = insights.parse({"since": "2020-01-01", "until": "2020-01-02"}, ZoneInfo("UTC")).params
    assert daily.approvals(PROJECT, days).outcomes["approved"] == [0, 0]
    assert daily.runs(PROJECT, days).costs == {}
