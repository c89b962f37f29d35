from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import tenancy
from awooop.clock import now
from awooop.models import AuditRecord, Lease
from runs.models import ChannelEvent


@pytest.fixture
def old(other_project):
    """Two old events of `awoooi`, one of `other`, and a lease that ran out."""
    at = now() - timedelta(days=200)
    for project, count in (("awoooi", 2), ("other", 1)):
        with tenancy.scope([project]):
            ChannelEvent.objects.bulk_create(
                ChannelEvent(
                    project_id=project, channel_type="c", provider_event_id=str(n), received_at=at
                )
                for n in range(count)
            )
    Lease.objects.create(key="k", holder="h", acquired_at=at, expires_at=at)


def left() -> int:
    with tenancy.scope(["awoooi", "other"]):
        return ChannelEvent.objects.count()


def test_it_says_what_went(old, command):
    ran = command("prune")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "awoooi: channel_events: 2 runs.ChannelEvent",
        "other: channel_events: 1 runs.ChannelEvent",
        "platform: expired_leases: 1 awooop.Lease",
        "4 rows deleted.",
    ]
    assert "awoooi channel_events: 2 rows" in ran.err
    assert left() == 0


def test_a_machine_is_told_the_same(old, command):
    told = command("prune", "--json", "--project", "other").json
    assert told == {
        "ok": True,
        "dry_run": False,
        "deleted": [
            {
                "project_id": "other",
                "rule": "channel_events",
                "deleted": {"runs.ChannelEvent": 1},
            }
        ],
        "total": 1,
        "finished": True,
        "failed": [],
    }
    assert left() == 2
    assert Lease.objects.count() == 1


def test_a_dry_run_counts_and_writes_nothing(old, command):
    records = AuditRecord.objects.count()
    with CaptureQueriesContext(connection) as asked:
        told = command("prune", "--json", "--dry-run").json
    assert told["total"] == 4
    assert told["waiting"][0] == {
        "project_id": "awoooi",
        "rule": "channel_events",
        "table": "runs.ChannelEvent",
        "count": 2,
    }
    wrote = ("insert", "update", "delete")
    assert not [row for row in asked if row["sql"].lower().startswith(wrote)]
    assert left() == 3
    assert AuditRecord.objects.count() == records


def test_a_dry_run_is_for_one_project_too(old, command):
    ran = command("prune", "--dry-run", "--project", "awoooi")
    assert ran.out.splitlines() == ["awoooi: channel_events 2"]


def test_nothing_to_do_is_said(project, command):
    assert command("prune", "--dry-run").out == "Nothing is older than its retention.\n"
    assert command("prune").out == "0 rows deleted.\n"


@pytest.mark.parametrize("dry", [[], ["--dry-run"]], ids=["prune", "dry run"])
def test_an_unknown_project_is_refused(project, command, dry):
    ran = command("prune", "--project", "nowhere", *dry)
    assert ran.code == 1
    assert "there is no project 'nowhere'" in ran.error


def test_no_time_at_all_is_refused(project, command):
    assert "--seconds must be more than 0" in command("prune", "--seconds", "0").error
