"""The ledger of a month's spend is right on every path that writes a run's cost."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum

from awooop import tenancy
from awooop.models import Project
from runs.gateway import facts
from runs.models import ProjectSpend, Run
from tests import factories

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def spent(at: datetime = AT, project_id: str = "awoooi") -> Decimal:
    return facts.spent_this_month(Project.objects.get(pk=project_id), at)


def row(cost: str, at: datetime = AT, project_id: str = "awoooi") -> Run:
    return Run(project_id=project_id, agent_id="a", cost_usd=Decimal(cost), created_at=at)


def test_nothing_was_spent(project):
    assert spent() == 0


def test_a_cost_that_a_worker_reports(key, api, monkeypatch):
    monkeypatch.setattr("awooop.clock.now", lambda: AT)
    run = factories.running(key)
    Run.objects.filter(pk=run.pk).update(created_at=AT)
    body = {"state": "completed", "cost_usd": "1.25"}
    assert api.post(f"/platform/runs/{run.run_id}/transition", body).status_code == 200
    assert spent() == Decimal("1.25")


def test_a_cost_that_is_corrected(project):
    run = Run.objects.create(project_id="awoooi", agent_id="a", created_at=AT)
    for cost in ("2", "5.5", "3"):
        run.cost_usd = Decimal(cost)
        run.save(update_fields=["cost_usd"])
    assert spent() == 3


def test_runs_that_come_with_their_cost(project):
    Run.objects.bulk_create([row("0.5"), row("0.25"), row("0")])
    assert spent() == Decimal("0.75")


def test_many_runs_changed_by_one_statement(project):
    Run.objects.bulk_create([row("0") for _ in range(40)])
    Run.objects.filter(project_id="awoooi").update(cost_usd=Decimal("0.1"))
    assert spent() == 4
    assert ProjectSpend.objects.count() <= 17


def test_a_change_of_something_else_costs_nothing(project):
    run = Run.objects.create(project_id="awoooi", agent_id="a", created_at=AT, cost_usd=1)
    run.step_count = 3
    run.save()
    assert spent() == 1


def test_a_run_belongs_to_the_month_of_the_projects_own_calendar(project):
    # 17:00 UTC on the last of October is November in Taipei.
    Run.objects.bulk_create(
        [
            row("1", datetime(2026, 10, 31, 15, 59, tzinfo=UTC)),
            row("2", datetime(2026, 10, 31, 16, 0, tzinfo=UTC)),
        ]
    )
    assert spent() == 2
    assert spent(datetime(2026, 10, 15, tzinfo=UTC)) == 1


def test_what_a_deleted_run_cost_stays_spent(project):
    Run.objects.create(project_id="awoooi", agent_id="a", created_at=AT, cost_usd=1)
    Run.objects.all().delete()
    assert spent() == 1


def test_the_ledger_is_the_sum_of_the_runs_after_any_history(project):
    runs = [row(f"0.{n}") for n in range(1, 10)]
    Run.objects.bulk_create(runs)
    for number, run in enumerate(runs):
        Run.objects.filter(pk=run.pk).update(cost_usd=Decimal(number))
    assert spent() == Run.objects.aggregate(sum=Sum("cost_usd"))["sum"]


def test_projects_do_not_share_a_ledger(project, other_project):
    with tenancy.scope(["other"]):
        Run.objects.create(project_id="other", agent_id="a", created_at=AT, cost_usd=9)
        assert spent(project_id="other") == 9
    assert spent() == 0
    assert not ProjectSpend.objects.exists()


def test_reading_it_is_a_look_up_in_an_index(project):
    ProjectSpend.objects.bulk_create(
        ProjectSpend(project_id="awoooi", month=datetime(year, month, 1).date(), slot=slot)
        for year in range(2000, 2020)
        for month in range(1, 13)
        for slot in range(17)
    )
    with connection.cursor() as cursor:
        cursor.execute("analyze runs_projectspend")
        cursor.execute(
            "explain select sum(amount_usd) from runs_projectspend"
            " where project_id = 'awoooi' and month = '2010-05-01'"
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "project_spend_once" in plan
