"""The daily report: at eight of each project's morning, once, about its own yesterday."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from awooop import clock, tenancy
from awooop.models import Project
from governance.models import GovernanceEvent
from runs.actions import notify, reports
from runs.models import Approval, Incident, OutboundMessage, Run
from runs.tasks import send_reports
from tests import factories
from tests.knowledge import make

pytestmark = pytest.mark.django_db
# 07:59 and 08:00 in Taipei (UTC+8), the time zone of the project.
EARLY = datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC)
EIGHT = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)  # 21 November begins in Taipei


@pytest.fixture(autouse=True)
def old(project) -> Project:
    """The project was there for long."""
    return rewrite("awoooi", created_at=EIGHT - timedelta(days=400))


def rewrite(project_id: str, **values) -> Project:
    with tenancy.registry():
        Project.objects.filter(pk=project_id).update(**values)
        return Project.objects.get(pk=project_id)


def sent_at(moment: datetime) -> int:
    with clock.set_to(moment):
        return send_reports()["queued"]


def reports_of(project_id: str = "awoooi") -> list[OutboundMessage]:
    with tenancy.scope([project_id]):
        rows = OutboundMessage.objects.filter(project_id=project_id, message_type="report")
        return list(rows.order_by("queued_at"))


def text_at(moment: datetime = EIGHT) -> list[str]:
    assert sent_at(moment) == 1
    return reports_of()[-1].content.splitlines()


def test_it_is_sent_at_eight_of_the_projects_morning():
    assert [sent_at(EARLY), sent_at(EIGHT)] == [0, 1]


def test_it_is_sent_once_a_day():
    moments = [EIGHT + timedelta(minutes=5 * n) for n in range(3)]
    assert [sent_at(each) for each in moments] == [1, 0, 0]
    assert sent_at(EIGHT + timedelta(days=1)) == 1


def test_a_cluster_that_was_down_makes_up_for_it_on_the_same_day():
    assert sent_at(EIGHT + timedelta(hours=15, minutes=59)) == 1
    assert sent_at(EIGHT + timedelta(hours=16)) == 0  # the next day, before eight


def test_each_project_has_its_own_morning(other_project):
    rewrite("other", timezone="America/New_York", created_at=EIGHT - timedelta(days=9))
    assert sent_at(EIGHT) == 2  # in New York it is 19:00 of the day before
    assert [len(reports_of(each)) for each in ("awoooi", "other")] == [1, 1]
    assert "2026-11-19" in reports_of("other")[0].content
    assert "2026-11-20" in reports_of("awoooi")[0].content


def test_a_project_that_is_off_gets_none(other_project):
    rewrite("awoooi", is_active=False)
    rewrite("other", is_active=False)
    assert sent_at(EIGHT) == 0


def test_a_project_made_today_has_no_yesterday():
    rewrite("awoooi", created_at=MIDNIGHT)
    assert sent_at(EIGHT) == 0
    rewrite("awoooi", created_at=MIDNIGHT - timedelta(seconds=1))
    assert sent_at(EIGHT) == 1


@pytest.mark.parametrize(
    ("noon", "hours"),
    [
        (datetime(2026, 3, 30, 12, tzinfo=UTC), 23),  # the clocks went forward on the 29th
        (datetime(2026, 10, 26, 12, tzinfo=UTC), 25),  # and back on the 25th
        (datetime(2026, 6, 2, 12, tzinfo=UTC), 24),
    ],
)
def test_yesterday_is_as_long_as_it_was(noon, hours):
    project = rewrite("awoooi", timezone="Europe/Berlin")
    day = reports.day_due(project, noon)
    assert day.until.astimezone(UTC) - day.since.astimezone(UTC) == timedelta(hours=hours)


def test_eight_is_eight_on_either_side_of_the_change():
    project = rewrite("awoooi", timezone="Europe/Berlin")
    winter, summer = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 7, 6, tzinfo=UTC)
    due = [
        reports.day_due(project, each.replace(hour=hour)) is not None
        for each in (winter, summer)
        for hour in (5, 6, 7)
    ]
    assert due == [False, False, True, False, True, True]


def test_only_what_happened_yesterday_is_counted():
    moments = [
        MIDNIGHT - timedelta(hours=24, seconds=1),
        MIDNIGHT - timedelta(hours=24),
        MIDNIGHT - timedelta(seconds=1),
        MIDNIGHT,
    ]
    Run.objects.bulk_create(
        Run(
            project_id="awoooi",
            agent_id="a",
            state=state,
            cost_usd=Decimal("1.25"),
            created_at=at,
        )
        for at, state in zip(moments, ("failed", "completed", "timed_out", "failed"), strict=True)
    )
    lines = text_at()
    assert lines[0] == "Daily automation report · awoooi · 2026-11-20"
    assert lines[1] == "Runs: 2 (1 completed, 0 failed, 1 timed out, 0 cancelled, 0 at work)"
    assert "Spend: US$2.50" in lines


def test_approvals_by_outcome_with_those_that_were_ignored():
    at = MIDNIGHT - timedelta(hours=3)
    outcomes = ("approved", "rejected", "expired", "expired", "pending")
    Approval.objects.bulk_create(
        Approval(
            project_id="awoooi",
            tool_name="t",
            requested_by="a",
            status=status,
            requested_at=at,
            resolved_at=None if status == "pending" else at,
        )
        for status in outcomes
    )
    expected = "Approvals: 5 (1 approved, 1 rejected, 2 ignored, 1 waiting)"
    assert text_at()[2] == expected


def test_incidents_opened_and_resolved():
    before, at = MIDNIGHT - timedelta(days=9), MIDNIGHT - timedelta(hours=3)
    ended = {"status": "resolved", "resolution_type": "manual", "disposition": "manual"}
    Incident.objects.create(
        pk="INC-20261112-AAAA", project_id="awoooi", opened_at=before, resolved_at=at, **ended
    )
    Incident.objects.create(pk="INC-20261120-BBBB", project_id="awoooi", opened_at=at)
    assert text_at()[3] == "Incidents: 1 opened, 1 resolved, 1 open now"


def test_open_events_knowledge_and_the_budget():
    rewrite("awoooi", budget_limit_usd=Decimal("500"))
    GovernanceEvent.objects.create(
        project_id="awoooi", event_type="slo_violation", severity="critical"
    )
    make.many(1, created_at=EIGHT - timedelta(days=30), updated_at=EIGHT - timedelta(days=30))
    make.many(1, title="Fresh", created_at=EIGHT, updated_at=EIGHT)
    lines = text_at()
    assert lines[4] == "Governance: open events 1, of them critical 1"
    assert lines[5] == "Knowledge: 50% stale (1 of 2; allowed are 20%)"
    assert lines[6] == "Spend: US$0.00; the month's budget is US$500.00"


def test_it_ends_with_the_page(page):
    address = text_at()[-1]
    assert address.endswith("/?project_id=awoooi")
    assert page.get("/" + address.split("/", 3)[3]).status_code == 200


def test_it_is_about_its_own_project_only(other_project):
    with tenancy.scope(["other"]):
        factories.run("other")
        Run.objects.update(created_at=MIDNIGHT - timedelta(hours=1))
    assert text_at()[1].startswith("Runs: 0 ")


def test_one_that_fails_leaves_the_others_and_is_made_up_for(other_project, monkeypatch):
    rewrite("other", created_at=EIGHT - timedelta(days=9))
    queue = notify.queue_many

    def failing(notes):
        if "awoooi" in {note.project_id for note in notes}:
            raise DatabaseError("no answer")
        return queue(notes)

    with monkeypatch.context() as patched, clock.set_to(EIGHT):
        patched.setattr(notify, "queue_many", failing)
        assert send_reports() == {"queued": 1, "failed": 1}
    assert sent_at(EIGHT + timedelta(minutes=5)) == 1  # its lease went with the failure
    assert [len(reports_of(each)) for each in ("awoooi", "other")] == [1, 1]


def test_reading_for_more_projects_costs_no_more_statements(project):
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries, tenancy.all_projects():
            days = [reports.day_due(each, EIGHT) for each in Project.objects.all()]
            reports.texts(days)
        return len(queries)

    few = statements()
    for number in range(4):
        factories.project(f"more-{number}")
        rewrite(f"more-{number}", created_at=EIGHT - timedelta(days=9))
    assert statements() == few


def test_a_second_contributor_of_a_name_is_refused():
    with pytest.raises(ValueError, match="contributed already"):
        reports.contribute("knowledge", lambda projects: {})
