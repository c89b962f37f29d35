"""The inbox and the completion queue, and the look at several at once."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.models import Dispatch
from knowledge.actions import entries
from knowledge.models import KnowledgeEntry
from tests.knowledge.review_pages.steps import (
    ARCHIVE,
    REVIEWS,
    confirm,
    preview,
    queue,
    review_of,
    text,
)
from tests.knowledge.reviews.rows import entry, tied
from tests.runs.transactions import read_only

pytestmark = pytest.mark.django_db
TOGETHER = f"{REVIEWS}/preview"


def titles(answer) -> list[str]:
    return re.findall(r'data-open href="[^"]+">(.*?)</a>', text(answer))


@pytest.fixture
def two(page):
    """Two reviews: one is ready, the entry of the other was archived since."""
    ready, blocked = entry(20, title="Good"), entry(90, title="Put away", view_count=40)
    queue(page, ready)
    queue(page, blocked)
    return ready, blocked


@pytest.fixture
def archived(two, by):
    _, blocked = two
    where = {"by": by, "project_id": "awoooi", "entry_id": blocked.pk}
    entries.archive(version=blocked.version, reason="gone", **where)
    return two


def test_an_empty_inbox_says_what_to_do(page):
    shown = text(page.get(REVIEWS))
    assert "The inbox is empty" in shown
    assert 'href="/knowledge/stale"' in shown


def test_the_inbox_has_all_that_wait_the_most_urgent_first(page, archived):
    assert titles(page.get(REVIEWS)) == ["Put away", "Good"]


@pytest.mark.parametrize(("bucket", "found"), [("ready", ["Good"]), ("blocked", ["Put away"])])
def test_what_is_ready_and_what_is_blocked_stand_apart(page, archived, bucket, found):
    assert titles(page.get(REVIEWS, {"status_bucket": bucket})) == found


def test_what_blocks_is_said(page, archived):
    assert "The entry is archived meanwhile." in text(page.get(REVIEWS))


def test_when_all_is_blocked_ready_says_so(page, archived):
    Dispatch.objects.filter(subject=str(archived[0].pk)).update(dispatch_status="cancelled")
    assert "Those that wait are blocked" in text(page.get(REVIEWS, {"status_bucket": "ready"}))


def test_the_tabs_say_how_many_wait(page, two):
    shown = text(page.get("/knowledge"))
    assert re.search(r'href="/knowledge/reviews">Reviews<span class="count">2<', shown)


def test_completed_ones_stand_under_completed(page):
    made = entry(20, title="Done with")
    queue(page, made)
    confirm(page, made, preview(page, made, ARCHIVE))
    assert titles(page.get(REVIEWS)) == []
    answer = page.get(REVIEWS, {"status_bucket": "completed"})
    assert titles(answer) == ["Done with"]
    assert "done: archive" in text(answer)


def test_a_filter_narrows_and_can_be_taken_away(page, two):
    answer = page.get(REVIEWS, {"priority_tiers": "P2"})
    assert titles(answer) == ["Good"]
    assert "Remove the filter Tier" in text(answer)


@pytest.mark.parametrize(
    "query",
    [{"status_bucket": "x"}, {"priority_tiers": "x"}, {"batch_governance_event_id": "x"}],
)
def test_an_address_that_makes_no_sense_is_422(page, query):
    for path in (REVIEWS, TOGETHER):
        answer = page.get(path, query)
        assert answer.status_code == 422
        assert next(iter(query)) in text(answer)


def test_the_ready_ones_are_looked_at_together_and_nothing_is_written(page, archived):
    with read_only():
        answer = page.get(TOGETHER)
    assert titles(answer) == ["Good"]
    assert f'href="{review_of(archived[0])}"' in text(answer)
    assert 'method="post"' not in text(answer).partition("<main")[2]


def test_of_an_entry_that_is_gone_the_review_is_still_shown(page):
    made = entry(20)
    queue(page, made)
    address = review_of(made)
    KnowledgeEntry.objects.filter(pk=made.pk).delete()
    assert "An entry that is gone" in text(page.get(REVIEWS))
    shown = text(page.get(address))
    assert "The entry is gone." in shown
    assert 'value="preview"' not in shown


def test_another_projects_reviews_are_unknown(page, two, other_project):
    assert page.get(REVIEWS, {"project_id": "other"}).status_code == 404


def test_twice_as_many_cost_no_more_statements(page):
    counts = []
    for _ in range(2):
        for number in range(3):
            queue(page, entry(20 + number, **tied()))
        for path in (REVIEWS, TOGETHER):
            with CaptureQueriesContext(connection) as queries:
                page.get(path)
            counts.append(len(queries.captured_queries))
    assert counts[:2] == counts[2:]
