"""Many rows in one statement: each kind of column, what is there already, what is too long."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import DataError, IntegrityError, transaction

from awooop import bulk
from awooop.clock import now
from awooop.models import ApiKey
from runs.models import Execution, McpCall, Run, RunState, Step
from tests import factories


def runs(count: int, **values) -> list[Run]:
    return [Run(project_id="awoooi", agent_id="sre-agent", **values) for _ in range(count)]


def test_what_went_in_is_told_and_what_was_there_is_left_alone(project):
    rows = runs(3)
    assert bulk.insert_new(rows[:2]) == {rows[0].pk, rows[1].pk}
    rows[0].agent_id = "another"
    assert bulk.insert_new(rows) == {rows[2].pk}
    assert set(Run.objects.values_list("agent_id", flat=True)) == {"sre-agent"}


def test_no_rows_are_no_statement(project, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert bulk.insert_new([]) == set()


def test_every_kind_of_value_comes_back_as_it_was(project):
    at = now()
    rows = [
        Run(project_id="awoooi", agent_id='with "quotes", {braces}, \\ and 中文', started_at=at,
            cost_usd=Decimal("0.123456"), is_shadow=True, state=RunState.RUNNING),
        Run(project_id="awoooi", agent_id="NULL", state="failed", error_detail="", worker_id=None),
    ]  # fmt: skip
    bulk.insert_new(rows)
    for row in rows:
        kept = Run.objects.get(pk=row.pk)
        fields = [field.attname for field in Run._meta.concrete_fields]
        assert {name: getattr(kept, name) for name in fields} == {
            name: getattr(row, name) for name in fields
        }


@pytest.mark.parametrize("value", [{}, [], {"a": [1, None, {"b": "c, \\"}]}, ["x", [2]], "text", 7])
def test_json_comes_back_as_it_was(project, value):
    call = McpCall(project_id="awoooi", agent_id="a", tool_name="t", result_status="success")
    call.gate_result = value
    bulk.insert_new([call])
    call.refresh_from_db()
    assert call.gate_result == value


def test_arrays_of_any_length_come_back_as_they_were(project):
    made = [["read"], ["read", "ingest"], ["govern", "read", "decide"]]
    keys = [
        ApiKey(project_id="awoooi", name="k", prefix=f"p{number}", hash="h", scopes=each)
        for number, each in enumerate(made, start=1)
    ]
    assert len(bulk.insert_new(keys)) == 3
    found = ApiKey.objects.filter(prefix__in=["p1", "p2", "p3"]).order_by("prefix")
    assert list(found.values_list("scopes", flat=True)) == made


def test_what_is_too_long_is_refused_not_cut(project):
    with pytest.raises(DataError), transaction.atomic():
        bulk.insert_new(runs(1, worker_id="x" * 129))
    with pytest.raises(DataError), transaction.atomic():
        bulk.insert_new([ApiKey(id=-1, name="k", prefix="p", hash="h", scopes=["x" * 17])])


def test_all_go_in_or_none(project):
    run = factories.run()
    steps = [Step(project_id="awoooi", run=run, step_seq=n, tool_name="t") for n in range(1, 4)]
    steps[2].tool_name = None
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert_new(steps)
    assert not Step.objects.exists()


def test_columns_that_are_null_in_all_rows_are_null(project):
    row = Execution(project_id="awoooi", incident_id="INC-20261120-AB12", success=False)
    bulk.insert_new([row])
    row.refresh_from_db()
    assert (row.run_id, row.playbook_id, row.predicted_confidence) == (None, None, None)
