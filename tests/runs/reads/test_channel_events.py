"""GET /platform/channel-events."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import prefixes, tenancy
from tests.runs.reads import rows

EVENTS = "/platform/channel-events"


def provider_ids(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [event["provider_event_id"] for event in response.json()["events"]]


def test_an_event_has_the_fields_of_the_contract(api, project):
    rows.event(provider_event_id="a", channel_chat_id="-100", content_preview="disk full")
    body = api.get(EVENTS).json()
    (event,) = body["events"]
    assert event | {"event_id": ""} == {
        "event_id": "",
        "project_id": "awoooi",
        "channel_type": "alertmanager",
        "provider_event_id": "a",
        "channel_chat_id": "-100",
        "content_preview": "disk full",
        "is_duplicate": False,
        "received_at": "2026-11-01T08:00:00Z",
    }
    assert (body["total"], body["limit"], body["next_cursor"]) == (1, 50, None)


@pytest.fixture
def events(project):
    names = ("am:disk", "am:100%_sure", "am:100% sure", "tg:1")
    for number, name in enumerate(names):
        channel = "telegram" if name.startswith("tg") else "alertmanager"
        rows.event(provider_event_id=name, channel_type=channel, received_at=rows.at(number))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["tg:1", "am:100% sure", "am:100%_sure", "am:disk"]),
        ({"channel_type": "telegram"}, ["tg:1"]),
        ({"provider_prefix": "am:"}, ["am:100% sure", "am:100%_sure", "am:disk"]),
        ({"provider_prefix": "am:100%_"}, ["am:100%_sure"]),
        ({"provider_prefix": "%"}, []),
        ({"provider_prefix": "_m"}, []),
        ({"provider_prefix": "AM:"}, []),
        ({"provider_prefix": "am:", "channel_type": "telegram"}, []),
        ({"limit": 2}, ["tg:1", "am:100% sure"]),
        ({"limit": 0}, ["tg:1"]),
        ({"limit": -5}, ["tg:1"]),
    ],
)
def test_filters(api, events, query, expected):
    assert provider_ids(api.get(EVENTS, **query)) == expected


def test_a_prefix_is_found_in_a_database_of_any_order(api, events, monkeypatch):
    monkeypatch.setattr(prefixes, "is_ordered_by_code_point", lambda: False)
    assert provider_ids(api.get(EVENTS, provider_prefix="am:100%_")) == ["am:100%_sure"]


@pytest.mark.parametrize(("wish", "limit"), [(0, 1), (7, 7), (1000, 100), (10**30, 100)])
def test_the_limit_is_clamped_and_told(api, project, wish, limit):
    assert api.get(EVENTS, limit=wish).json()["limit"] == limit


@pytest.mark.parametrize(
    "query",
    [{"limit": "many"}, {"channel_type": "x" * 33}, {"provider_prefix": "x" * 256},
     {"cursor": "no"}],
)  # fmt: skip
def test_a_wrong_value_is_refused_by_name(api, project, query):
    response = api.get(EVENTS, **query)
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == list(query)


def test_a_cursor_walks_on(api, events):
    first = api.get(EVENTS, limit=3)
    rows.event(provider_event_id="late", received_at=rows.at(100))
    rest = api.get(EVENTS, limit=3, cursor=first.json()["next_cursor"])
    assert provider_ids(first) + provider_ids(rest) == [
        "tg:1", "am:100% sure", "am:100%_sure", "am:disk",
    ]  # fmt: skip


def test_another_projects_events_are_not_listed(api, events, other_project):
    with tenancy.scope(["other"]):
        rows.event("other", provider_event_id="am:foreign")
    assert "am:foreign" not in provider_ids(api.get(EVENTS))
    assert provider_ids(api.get(EVENTS, provider_prefix="am:f")) == []
    assert api.get(EVENTS, project_id="other").status_code == 404


def test_twice_the_events_cost_no_more_queries(api, project):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert api.get(EVENTS).status_code == 200
        return len(queries)

    for number in range(5):
        rows.event(provider_event_id=f"{number}")
    count()
    before = count()
    for number in range(5, 10):
        rows.event(provider_event_id=f"{number}")
    assert count() == before
