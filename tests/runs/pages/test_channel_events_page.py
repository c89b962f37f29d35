"""The page of channel events."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import tenancy
from tests import factories
from tests.runs.reads import rows

EVENTS = "/awooop/channel-events"


def text(page, **query) -> str:
    response = page.get(EVENTS, query)
    assert response.status_code == 200
    return response.content.decode()


def test_events_are_listed_with_their_run_and_marks(page, project):
    run = factories.run()
    rows.event(run=run, provider_event_id="a", content_preview="disk full")
    rows.event(provider_event_id="a", is_duplicate=True)
    rows.event(provider_event_id="b", is_refused=True)
    found = text(page)
    for words in (f"/awooop/runs/{run.run_id}", "disk full", "Duplicate", "Refused"):
        assert words in found


def test_filters(page, project):
    rows.event(provider_event_id="am:1", content_preview="disk-full")
    rows.event(provider_event_id="tg:1", content_preview="details-please", channel_type="telegram")
    assert "disk-full" not in text(page, channel_type="telegram")
    found = text(page, provider_prefix="am:")
    assert "disk-full" in found
    assert "details-please" not in found
    assert "No event has these filters" in text(page, provider_prefix="%")


@pytest.mark.parametrize("query", [{"channel_type": "x" * 40}, {"cursor": "x"}, {"page": "none"}])
def test_a_bad_filter_shows_the_form_with_the_error(page, project, query):
    response = page.get(EVENTS, query)
    assert response.status_code == 422
    assert "<form" in response.content.decode()


def test_an_empty_list_says_what_it_is_for(page, project):
    assert "No inbound events" in text(page)


def test_another_projects_events_are_not_shown(page, other_project):
    with tenancy.scope(["other"]):
        rows.event("other", provider_event_id="foreign-event")
    assert "foreign-event" not in text(page)
    assert page.get(EVENTS, {"project_id": "other"}).status_code == 404


def test_twice_the_events_cost_no_more_queries(page, project):
    def count():
        with CaptureQueriesContext(connection) as queries:
            text(page)
        return len(queries)

    for number in range(5):
        rows.event(provider_event_id=f"{number}", run=factories.run())
    count()
    before = count()
    for number in range(5, 10):
        rows.event(provider_event_id=f"{number}", run=factories.run())
    assert count() == before
