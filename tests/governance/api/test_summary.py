"""`GET /ai/governance/summary`: every day of the window, in the project's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import clock, tenancy
from awooop.models import Project
from governance.models import GovernanceEvent
from tests import factories
from tests.governance import samples as rows
from tests.runs.transactions import read_only

PATH = "/ai/governance/summary"
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # noon in Taipei


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def event(text: str, **values):
    return rows.event(subject=str(uuid4()), triggered_at=at(text), **values)


def counts(body) -> dict[str, int]:
    return {day["date"]: day["total"] for day in body["daily_counts"] if day["total"]}


def ask(client, moment: datetime = NOON, **query):
    with clock.set_to(moment):
        answer = client.get(PATH, **query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def in_zone(name: str) -> None:
    Project.objects.filter(pk="awoooi").update(timezone=name)


def test_without_events_all_is_well_and_every_day_is_there(api):
    body = ask(api)
    assert body["compliance_rate"] == 1.0
    assert (body["total_events"], body["unresolved_count"]) == (0, 0)
    dates = [day["date"] for day in body["daily_counts"]]
    assert len(dates) == 30
    assert (dates[0], dates[-1]) == ("2026-10-22", "2026-11-20")
    assert all(day == {"date": day["date"], "total": 0, "by_type": {}} for day in
               body["daily_counts"])  # fmt: skip
    assert body["writes_on_read"] is False


def test_the_rate_is_the_share_that_is_resolved(api):
    event("2026-11-19T10:00:00")
    for _ in range(2):
        event("2026-11-19T10:00:00", resolved=True)
    body = ask(api)
    assert (body["total_events"], body["unresolved_count"]) == (3, 1)
    assert body["compliance_rate"] == 0.667


def test_days_hold_their_types(api):
    event("2026-11-19T01:00:00")
    event("2026-11-19T02:00:00")
    event("2026-11-19T03:00:00", event_type="slo_violation", severity="critical")
    day = next(day for day in ask(api)["daily_counts"] if day["total"])
    assert day == {
        "date": "2026-11-19",
        "total": 3,
        "by_type": {"slo_violation": 1, "trust_drift": 2},
    }


def test_days_are_those_of_taipei(api):
    event("2026-11-18T15:59:59", resolved=True)
    event("2026-11-18T16:00:00", resolved=True)
    body = ask(api)
    assert counts(body) == {"2026-11-18": 1, "2026-11-19": 1}
    assert body["time_zone"] == "Asia/Taipei"


def test_the_window_begins_and_ends_with_a_day(api):
    event("2026-11-17T15:59:59", resolved=True)  # the last second before it
    event("2026-11-17T16:00:00", resolved=True)
    event("2026-11-20T15:59:59", resolved=True)  # later today
    event("2026-11-20T16:00:00", resolved=True)  # tomorrow, by a clock that is ahead
    body = ask(api, days=3)
    assert counts(body) == {"2026-11-18": 1, "2026-11-20": 1}
    assert body["total_events"] == 2


def test_what_stood_open_before_the_window_is_said_and_not_counted(api):
    event("2026-01-01T00:00:00")
    body = ask(api)
    assert (body["total_events"], body["unresolved_before_window"]) == (0, 1)
    assert body["compliance_rate"] == 1.0


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Africa/Cairo", date(2026, 4, 24), 23),  # its midnight does not exist
        ("America/Havana", date(2026, 11, 1), 25),  # its midnight comes twice
    ],
)
def test_a_day_of_a_change_of_clocks_has_all_of_its_hours(api, zone, day, hours):
    in_zone(zone)
    half_hours = [
        at(day.isoformat()) - timedelta(days=2) + n * timedelta(minutes=30) for n in range(240)
    ]
    GovernanceEvent.objects.bulk_create(
        rows.new_event(subject=str(n), triggered_at=moment, resolved=True)
        for n, moment in enumerate(half_hours)
    )
    body = ask(api, at(day.isoformat()) + timedelta(days=10), days=20)
    found = counts(body)
    assert found[day.isoformat()] == hours * 2
    assert found[(day - timedelta(days=1)).isoformat()] == 48
    assert found[(day + timedelta(days=1)).isoformat()] == 48
    assert len(body["daily_counts"]) == len({row["date"] for row in body["daily_counts"]}) == 20


def test_a_zone_that_nobody_knows_falls_back(api):
    in_zone("Mars/Olympus")
    assert ask(api)["time_zone"] == "Asia/Taipei"


def test_several_projects_of_one_zone_are_counted_in_it(other_project):
    Project.objects.update(timezone="Europe/Berlin")
    with tenancy.scope(["other"]):
        Project.objects.filter(pk="other").update(timezone="Europe/Berlin")
    client = factories.ApiClient(factories.api_key(None))
    assert ask(client)["time_zone"] == "Europe/Berlin"


def test_several_projects_of_several_zones_are_counted_in_the_default_one(other_project):
    in_zone("Europe/Berlin")
    event("2026-11-19T01:00:00")
    with tenancy.scope(["other"]):
        rows.event("other", triggered_at=at("2026-11-19T02:00:00"))
    client = factories.ApiClient(factories.api_key(None))
    body = ask(client)
    assert (body["time_zone"], body["total_events"]) == ("Asia/Taipei", 2)
    assert ask(client, project_id="awoooi")["time_zone"] == "Europe/Berlin"
    assert ask(client, project_id="awoooi")["total_events"] == 1


@pytest.mark.parametrize("days", ["0", "-1", "367", "thirty", "1.5", ""])
def test_a_bad_window_is_422(api, days):
    answer = api.get(PATH, days=days)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "days"


def test_another_project_is_not_found_and_not_counted(api, other_project):
    with tenancy.scope(["other"]):
        rows.event("other", triggered_at=at("2026-11-19T02:00:00"))
    assert ask(api)["total_events"] == 0
    assert api.get(PATH, project_id="other").status_code == 404


def test_it_needs_the_scope_read(project):
    assert factories.ApiClient(factories.api_key(scopes=["govern"])).get(PATH).status_code == 403


def test_its_cost_does_not_grow_and_it_only_reads(api):
    statements = []
    for _ in range(2):
        for _ in range(5):
            event("2026-11-19T01:00:00")
        with CaptureQueriesContext(connection) as queries, read_only():
            ask(api)
        statements.append(len(queries.captured_queries))
    assert statements[0] == statements[1]
