"""The home page says what needs a person now, in at most twenty statements."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import clock, tenancy
from awooop.models import TaskHeartbeat
from runs.models import Incident, OutboundMessage, Run
from runs.views.home_answers import comparison
from tests import factories
from tests.runs.transactions import read_only


def home(page, **query) -> str:
    return page.get("/", query).content.decode()


def beat(**values) -> TaskHeartbeat:
    return TaskHeartbeat.objects.create(kind="cluster.tick", **values)


def fill(key: str, many: int = 3) -> None:
    """Make some of everything that the page shows."""
    for number in range(many):
        factories.waiting(key)
        Incident.objects.create(
            incident_id=f"INC-20261121-{Incident.objects.count():04d}",
            project_id="awoooi",
            title="Disk is filling",
            severity=("critical", "warning", "info")[number % 3],
        )
        failed = factories.run()
        Run.objects.filter(pk=failed.pk).update(state="failed", error_code="E-TOOL-FAILED")


def test_without_any_data_it_says_so(page):
    text = home(page)
    assert "Nothing waits for a decision" in text
    assert "No incident is open." in text
    assert "No run failed in the last 24 hours." in text
    assert "It has not done anything yet." in text


def test_the_most_urgent_of_what_waits_comes_first(page, key):
    factories.waiting(key, suggested_action="Later", expires_in_s=3600)
    factories.waiting(key, suggested_action="Sooner", expires_in_s=300)
    text = home(page)
    assert text.index("Sooner") < text.index("Later")


def test_what_can_no_longer_be_decided_is_not_urgent(page, key):
    approval = factories.waiting(key, suggested_action="Too late")
    with clock.set_to(approval.expires_at + timedelta(seconds=1)):
        assert "Too late" not in home(page)


def test_open_incidents_are_counted_by_severity_and_the_worst_named_first(page):
    for number, severity in enumerate(("info", "critical", "warning", "critical")):
        Incident.objects.create(
            incident_id=f"INC-20261121-{number:04d}",
            project_id="awoooi",
            title=f"Title {severity}",
            severity=severity,
        )
    text = home(page)
    assert "2 critical · 1 warning · 1 info" in text
    assert text.index("Title critical") < text.index("Title warning") < text.index("Title info")


def test_failed_runs_are_named_with_their_error(page):
    run = factories.run(agent_id="db-doctor")
    Run.objects.filter(pk=run.pk).update(state="failed", error_code="E-RUN-HEARTBEAT-LOST")
    text = home(page)
    assert "db-doctor" in text
    assert "E-RUN-HEARTBEAT-LOST" in text


def test_silent_and_unclaimed_runs_are_said(page, key):
    at = clock.now()
    with clock.set_to(at - timedelta(minutes=20)):
        factories.running(key)
        factories.run(agent_id="nobody")
    text = home(page)
    assert "1 running run has been silent for over 2 min." in text
    assert "1 run has waited over 10 min for an agent to claim it." in text


@pytest.mark.parametrize(("minutes", "words"), [(4, "none is late by 5 min"), (6, "the oldest")])
def test_messages_are_late_after_five_minutes(page, minutes, words):
    OutboundMessage.objects.create(
        project_id="awoooi",
        channel_type="telegram",
        message_type="interim",
        queued_at=clock.now() - timedelta(minutes=minutes),
    )
    assert words in home(page)


def test_a_living_cluster_is_no_alarm(page):
    beat(last_success_at=clock.now())
    text = home(page)
    assert "The background cluster is quiet." not in text
    assert "last seen" in text


def test_a_quiet_cluster_is_said_clearly(page):
    beat(last_success_at=clock.now() - timedelta(minutes=6))
    assert "The background cluster is quiet." in home(page)


def test_a_failing_task_is_named(page):
    at = clock.now()
    beat(last_success_at=at - timedelta(minutes=2), last_failure_at=at)
    text = home(page)
    assert "failing" in text
    assert "<code>cluster.tick</code>" in text


def test_it_costs_at_most_twenty_statements_whatever_there_is(page, key):
    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            home(page)
        statements = [query["sql"] for query in queries.captured_queries]
        counts.append(sum("SAVEPOINT" not in statement for statement in statements))
        fill(key)
    assert counts[1] == counts[2]
    assert max(counts) <= 20


def test_another_projects_work_is_not_shown(page, other_project):
    with tenancy.scope(["other"]):
        Incident.objects.create(
            incident_id="INC-20261121-AAAA", project_id="other", title="Foreign"
        )
        factories.waiting(factories.api_key("other"), "other", suggested_action="Foreign")
    text = home(page)
    assert "Foreign" not in text
    assert page.get("/", {"project_id": "other"}).status_code == 404


def test_reading_works_in_a_read_only_transaction(page, key):
    fill(key)
    with read_only():
        assert page.get("/").status_code == 200


NUMBERS = {
    "completed": 90, "failed": 10, "timed_out": 0, "incidents": 10, "auto_repaired": 5,
    "approved": 6, "rejected": 2, "expired": 2, "decision_seconds": 300.0, "executions": 10,
    "succeeded": 9,
}  # fmt: skip


def verdicts(**changes) -> list[str]:
    return [row["is"] for row in comparison({**NUMBERS, **changes}, NUMBERS)]


def test_the_same_numbers_are_the_same():
    assert verdicts() == ["same"] * 7


def test_less_failure_and_quicker_decisions_are_better():
    assert verdicts(failed=2)[0] == "better"
    assert verdicts(decision_seconds=100.0)[3] == "better"


def test_fewer_repairs_and_more_that_expired_are_worse():
    assert verdicts(auto_repaired=1)[1] == "worse"
    assert verdicts(expired=8)[2] == "worse"


def test_too_few_to_say_is_said():
    assert verdicts(executions=2, succeeded=0)[4] == "unknown"
    assert verdicts(approved=0, rejected=0, decision_seconds=None)[3] == "unknown"
