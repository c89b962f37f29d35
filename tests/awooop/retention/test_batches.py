"""How retention deletes: in bounded batches that commit, of one project, whatever else goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from psycopg.errors import DeadlockDetected

from awooop import callers, counters, tenancy
from awooop.clock import now
from awooop.models import AuditRecord
from awooop.retention import batches, pruning, registered_for_test, rules, tasks
from governance.models import GovernanceEvent
from runs.models import Run, Step
from tests import factories
from tests.runs.together import together

BY = callers.system("tests", ["awoooi"])
OLD = timedelta(days=200)


def old_runs(count: int, project_id: str = "awoooi", **values) -> list[Run]:
    """Insert completed runs of long ago, each a minute older than the one before, with a step."""
    at = now() - OLD
    rows = [
        Run(
            project_id=project_id,
            agent_id="sre-agent",
            state="completed",
            created_at=at - timedelta(minutes=number),
            completed_at=at,
            **values,
        )
        for number in range(count)
    ]
    with tenancy.scope([project_id]):
        Run.objects.bulk_create(rows)
        Step.objects.bulk_create(
            Step(run=row, project_id=project_id, step_seq=1, tool_name="t") for row in rows
        )
    return rows


def left(project_id: str = "awoooi") -> int:
    with tenancy.scope([project_id]):
        return Run.objects.filter(project_id=project_id).count()


@pytest.fixture
def runs_only():
    with registered_for_test(*(rule for rule in rules() if rule.name == "runs")):
        yield


@pytest.fixture
def small(monkeypatch, runs_only):
    """Batches of three runs."""
    monkeypatch.setattr(batches, "SIZE", 3)


def prune(**values) -> pruning.Pruned:
    return pruning.prune(by=BY, **values)


@pytest.mark.django_db
def test_every_batch_is_worked_off(project, small):
    old_runs(8)
    pruned = prune()
    assert pruned.is_finished
    assert pruned.deleted == {"runs.Run": 8, "runs.Step": 8}
    assert left() == 0


@pytest.mark.django_db
def test_statements_do_not_grow_with_the_rows_of_a_batch(project, runs_only):
    def statements(count: int) -> int:
        old_runs(count)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert prune().deleted["runs.Run"] == count
        return len(asked)

    statements(1)  # warm
    assert statements(20) == statements(40)


@pytest.mark.django_db
def test_statements_grow_with_the_batches_only(project, small):
    def statements(count: int) -> int:
        old_runs(count)
        with CaptureQueriesContext(connection) as asked:
            prune()
        return len(asked)

    one, two, three = statements(2), statements(5), statements(8)
    assert three - two == two - one


@pytest.mark.django_db
def test_another_project_is_left_alone(other_project, small):
    old_runs(4)
    old_runs(4, "other")
    prune(project_id="awoooi")
    assert (left("awoooi"), left("other")) == (0, 4)


@pytest.mark.django_db
def test_all_projects_have_their_turn_in_a_short_time(other_project, small, monkeypatch):
    old_runs(9)
    old_runs(9, "other")
    ticks = iter(range(100))
    monkeypatch.setattr(pruning.time, "monotonic", lambda: next(ticks))
    pruned = prune(budget_s=2.5)
    assert not pruned.is_finished
    assert (left("awoooi"), left("other")) == (6, 6)


@pytest.mark.django_db
def test_what_went_is_counted_for_the_metrics(project, runs_only):
    old_runs(2)
    prune()
    totals = {
        (labels["project_id"], labels["table"]): value
        for name, labels, value in counters.read()
        if name == "awooop_retention_deleted"
    }
    assert totals == {("awoooi", "runs.Run"): 2, ("awoooi", "runs.Step"): 2}


@pytest.mark.django_db
def test_each_project_has_one_record_of_the_run(other_project, small):
    old_runs(5)
    prune()
    with tenancy.scope(["awoooi", "other"]):
        records = AuditRecord.objects.filter(action="retention.prune").order_by("project_id")
        found = {record.project_id: record.details for record in records}
        assert len(records) == 2
    assert found["awoooi"]["deleted"] == {"runs": {"runs.Run": 5, "runs.Step": 5}}
    assert found["awoooi"]["finished"] is True
    assert found["other"]["deleted"] == {}


def test_a_failure_in_the_middle_keeps_what_was_committed(truncatable, small, monkeypatch):
    factories.project("awoooi")
    old_runs(8)
    count, asked = batches._count, []

    def fail(project_id, deleted):
        asked.append(deleted)
        if len(asked) == 2:
            raise RuntimeError("the process is gone")
        count(project_id, deleted)

    monkeypatch.setattr(batches, "_count", fail)
    with pytest.raises(RuntimeError):
        prune()
    assert left() == 5
    with tenancy.scope(["awoooi"]):
        assert Step.objects.count() == 5
        (record,) = AuditRecord.objects.filter(action="retention.prune")
    assert record.details["finished"] is False
    assert record.details["deleted"] == {"runs": {"runs.Run": 3, "runs.Step": 3}}
    assert prune().deleted["runs.Run"] == 5


@pytest.mark.django_db
def test_what_cannot_be_deleted_stops_its_own_rule_only(project, monkeypatch):
    event = GovernanceEvent.objects.create(
        project_id="awoooi",
        event_type="t",
        severity="info",
        triggered_at=now() - 3 * OLD,
        resolved=True,
        resolved_at=now() - 3 * OLD,
    )
    old_runs(2)
    protected = ProtectedError("something new refers to it", {event})
    step = batches.step

    def refuse(walk):
        if walk.rule.name == "governance_events":
            raise protected
        return step(walk)

    monkeypatch.setattr(batches, "step", refuse)
    pruned = prune()
    assert [walk.rule.name for walk in pruned.failed] == ["governance_events"]
    assert pruned.deleted["runs.Run"] == 2
    record = AuditRecord.objects.get(action="retention.prune")
    assert "something new" in record.details["failed"]["governance_events"]
    with pytest.raises(RuntimeError, match="could not prune governance_events"):
        tasks.prune()


@pytest.mark.django_db
def test_a_deadlock_is_tried_again(project, runs_only, monkeypatch):
    old_runs(2)
    step, met = batches.step, []

    def meet(walk):
        if not met:
            met.append(walk)
            raise OperationalError("deadlock detected") from DeadlockDetected()
        return step(walk)

    monkeypatch.setattr(batches, "step", meet)
    pruned = prune()
    assert (pruned.deleted["runs.Run"], pruned.failed, len(met)) == (2, (), 1)


@pytest.mark.django_db
def test_a_database_that_went_away_ends_the_run(project, runs_only, monkeypatch):
    def gone(walk):
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(batches, "step", gone)
    with pytest.raises(OperationalError):
        prune()


def test_two_at_once_share_the_work(truncatable, small):
    factories.project("awoooi")
    old_runs(40)
    one, other = together([prune, prune])
    assert one.deleted["runs.Run"] + other.deleted["runs.Run"] == 40
    assert left() == 0


def test_what_somebody_holds_is_left_and_nobody_waits(truncatable, small):
    factories.project("awoooi")
    held, *_ = old_runs(4)
    with tenancy.scope(["awoooi"]):
        Run.objects.select_for_update().get(pk=held.pk)
        (pruned,) = together([prune])
    assert pruned.deleted["runs.Run"] == 3
    assert left() == 1
