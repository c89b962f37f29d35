from __future__ import annotations

from datetime import timedelta

import pytest

from awooop import tenancy
from awooop.clock import now
from runs.models import Evidence, Execution, Incident
from runs.selectors import remediation_queue
from tests.governance.rows import playbook

pytestmark = pytest.mark.django_db
INCIDENT = "INC-20260101-0001"


def verified(result, *, ago=timedelta(hours=1), with_playbook=None, attempts=1, project="awoooi"):
    """A verification of the last of `attempts` executions."""
    at = now() - ago
    with tenancy.scope([project]):
        executions = [
            Execution.objects.create(
                project_id=project,
                incident_id=INCIDENT,
                playbook=with_playbook,
                success=False,
                created_at=at,
            )
            for _ in range(attempts)
        ]
        return Evidence.objects.create(
            project_id=project,
            incident_id=INCIDENT,
            execution=executions[-1] if executions else None,
            verification_result=result,
            collected_at=at,
        )


def incident(recurrences, *, over):
    return Incident.objects.create(
        incident_id=INCIDENT,
        project_id="awoooi",
        title="x",
        recurrence_count=recurrences,
        opened_at=now() - over,
        last_seen_at=now(),
    )


def actions():
    found = remediation_queue.queue(["awoooi"])
    return [item["action"] for item in found["items"]]


@pytest.mark.parametrize("result", ["timeout", "degraded"])
def test_what_did_not_finish_or_is_degraded_is_verified_again(project, result):
    verified(result)
    assert actions() == ["reverify"]


@pytest.mark.parametrize(
    ("trust", "status", "attempts", "action"),
    [
        ("0.5", "approved", 1, "replay"),
        ("0.499", "approved", 1, "ticket"),
        ("0.9", "approved", 2, "ticket"),
        ("0.9", "draft", 1, "ticket"),
        ("0.9", "deprecated", 1, "ticket"),
    ],
)
def test_what_failed_is_replayed_by_a_trusted_playbook_or_a_ticket(
    project, trust, status, attempts, action
):
    verified("failed", with_playbook=playbook("p", trust, status=status), attempts=attempts)
    assert actions() == [action]


def test_what_failed_without_a_playbook_is_for_a_person(project):
    verified("failed")
    verified("failed", attempts=0)
    assert actions() == ["manual_review"] * 2


@pytest.mark.parametrize(
    ("recurrences", "over", "action"),
    [
        (3, timedelta(hours=23), "manual_review"),
        (2, timedelta(hours=1), "reverify"),
        (3, timedelta(days=3), "reverify"),
        (9, timedelta(days=2, hours=23), "manual_review"),
    ],
)
def test_what_comes_back_three_times_a_day_is_for_a_person(project, recurrences, over, action):
    incident(recurrences, over=over)
    verified("timeout")
    assert actions() == [action]


@pytest.mark.parametrize("result", ["success", None])
def test_what_is_well_or_not_known_is_not_queued(project, result):
    verified(result)
    assert actions() == []


def test_a_later_success_of_the_incident_ends_it_an_earlier_does_not(project):
    verified("success", ago=timedelta(hours=3))
    verified("degraded", ago=timedelta(hours=2))
    assert actions() == ["reverify"]
    verified("success", ago=timedelta(hours=1))
    assert actions() == []


@pytest.mark.parametrize(
    ("ago", "total"), [(timedelta(days=29, hours=23), 1), (timedelta(days=30, seconds=1), 0)]
)
def test_the_last_thirty_days_count(project, ago, total):
    verified("failed", ago=ago)
    assert remediation_queue.queue(["awoooi"])["total"] == total


def test_the_numbers_are_of_all_and_the_items_the_newest(project):
    for n in range(4):
        verified("timeout", ago=timedelta(hours=n + 2))
    newest = verified("failed")
    found = remediation_queue.queue(["awoooi"], limit=2)
    assert (found["total"], found["ready_for_ai"], found["human"]) == (5, 4, 1)
    assert len(found["items"]) == 2
    assert found["items"][0]["work_item_id"] == f"adr100:{newest.pk}"


def test_no_more_than_the_newest_are_counted(project, monkeypatch):
    monkeypatch.setattr(remediation_queue, "COUNT_AT_MOST", 3)
    verified("failed", ago=timedelta(hours=9))
    verified("timeout", ago=timedelta(hours=2))
    found = remediation_queue.queue(["awoooi"])
    assert (found["total"], found["total_is_exact"]) == (2, True)
    verified("timeout")
    verified("timeout")
    found = remediation_queue.queue(["awoooi"], limit=10)
    assert (found["total"], found["total_is_exact"]) == (3, False)
    assert (found["ready_for_ai"], found["human"]) == (3, 0)
    assert len(found["items"]) == 4


def test_the_newest_of_several_projects_come_first(project, other_project):
    verified("failed", ago=timedelta(hours=2))
    newest = verified("failed", project="other", ago=timedelta(hours=1))
    with tenancy.scope(["awoooi", "other"]):
        found = remediation_queue.queue(["awoooi", "other"], limit=1)
    assert found["total"] == 2
    assert [item["evidence_id"] for item in found["items"]] == [newest.pk]


def test_another_projects_evidence_is_not_seen(project, other_project):
    verified("failed", project="other")
    assert remediation_queue.queue(["awoooi"])["total"] == 0


def test_the_statements_do_not_grow(project, django_assert_num_queries):
    for n in range(6):
        verified("timeout", ago=timedelta(hours=n + 1))
    with django_assert_num_queries(1):
        remediation_queue.queue(["awoooi"])
