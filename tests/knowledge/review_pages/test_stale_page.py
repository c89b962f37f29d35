"""The page of stale entries: what it shows, and queueing one in place."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.models import Dispatch
from knowledge.reviews import REVIEW
from tests.knowledge.review_pages.steps import HTMX, STALE, queue, text
from tests.knowledge.reviews.rows import INCIDENT, entry, tied
from tests.runs.transactions import read_only

pytestmark = pytest.mark.django_db


def titles(answer) -> list[str]:
    return re.findall(r'data-open href="[^"]+">(.*?)</a>', text(answer))


def waiting() -> list[Dispatch]:
    return list(Dispatch.objects.filter(executor_type=REVIEW, dispatch_status="pending"))


def test_without_stale_entries_it_says_so_and_offers_no_batch(page):
    entry(1)
    shown = text(page.get(STALE))
    assert "Nothing is stale" in shown
    assert "Queue a batch" not in shown


def test_the_most_urgent_comes_first_with_why(page):
    entry(8, title="Young")
    entry(100, title="Old", view_count=40, **tied())
    answer = page.get(STALE)
    assert titles(answer) == ["Old", "Young"]
    shown = text(answer)
    assert "stale for 90 days or more" in shown
    assert "read often" in shown
    assert f'href="/awooop/incidents/{INCIDENT}"' in shown
    assert "Refresh with evidence" in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"priority_tier": "P0"}, ["Old"]),
        ({"priority_tier": "P2"}, ["Young"]),
        ({"recommended_action": "owner_review"}, ["Young"]),
        ({"priority_tier": "P1"}, []),
    ],
)
def test_filters_stand_in_the_address(page, query, found):
    entry(8, title="Young")
    entry(100, title="Old", view_count=40, **tied())
    assert titles(page.get(STALE, query)) == found


@pytest.mark.parametrize(
    "query", [{"priority_tier": "P9"}, {"recommended_action": "x"}, {"limit": "7"}]
)
def test_an_address_that_makes_no_sense_is_422_with_a_way_back(page, query):
    answer = page.get(STALE, query)
    assert answer.status_code == 422
    assert "Clear the filters" in text(answer)


def test_a_filter_swaps_the_list_only(page):
    entry(8)
    answer = page.get(STALE, headers=HTMX)
    assert "<html" not in text(answer)
    assert titles(answer) == ["Disk full"]


def test_one_is_queued_with_its_owner_and_note(page):
    made = entry(20)
    answer = queue(page, made, owner_note="Please look")
    assert answer.status_code == 302
    (review,) = waiting()
    assert (review.subject, review.owner) == (str(made.pk), "kim")
    assert review.operator_note == "Please look"
    assert f'href="/knowledge/reviews/{review.pk}"' in text(page.get(STALE))


def test_by_htmx_its_row_is_swapped_and_the_button_gone(page):
    made = entry(20)
    answer = page.post(f"/knowledge/{made.pk}/owner-review", {"owner": "kim"}, headers=HTMX)
    shown = text(answer)
    assert shown.count("<tr") == 1
    assert f'id="entry-{made.pk}"' in shown
    assert "Pending" in shown
    assert "Queue it" not in shown


def test_queueing_twice_queues_once(page):
    made = entry(20)
    queue(page, made)
    again = page.post(f"/knowledge/{made.pk}/owner-review", {"owner": "lee"}, follow=True)
    assert "It is in review already" in text(again)
    assert len(waiting()) == 1


def test_a_note_that_is_too_long_is_told_and_kept(page):
    made = entry(20)
    answer = queue(page, made, owner_note="n" * 241)
    assert answer.status_code == 422
    assert "n" * 241 in text(answer)
    assert waiting() == []


def test_what_is_not_stale_is_not_queued_and_the_page_says_why(page):
    answer = queue(page, entry(1))
    assert answer.status_code == 409
    assert "not stale" in text(answer)


def test_from_the_entrys_page_one_comes_back_to_it(page):
    made = entry(20)
    assert "Queue it for review" in text(page.get(f"/knowledge/{made.pk}"))
    answer = queue(page, made, **{"from": "entry"})
    assert answer["Location"] == f"/knowledge/{made.pk}"
    shown = text(page.get(f"/knowledge/{made.pk}"))
    assert f'href="/knowledge/reviews/{waiting()[0].pk}"' in shown
    assert "Queue it for review" not in shown


def test_a_viewer_reads_and_has_no_buttons(viewer):
    made = entry(20)
    shown = text(viewer.get(STALE))
    assert "Disk full" in shown
    assert 'method="post"' not in shown.partition('id="found"')[2]
    assert queue(viewer, made).status_code == 403
    assert "Queue it" not in text(viewer.get(f"/knowledge/{made.pk}"))


def test_an_operator_does_not_review(operator, client):
    client.force_login(operator)
    assert queue(client, entry(20)).status_code == 403


def test_another_projects_entries_are_unknown(page, other_project):
    made = entry(20, project="other", title="Foreign")
    assert page.get(STALE, {"project_id": "other"}).status_code == 404
    assert queue(page, made).status_code == 404
    assert "Foreign" not in text(page.get(STALE))


def test_hostile_words_stay_words(page):
    entry(20, title="<script>alert(1)</script>", owner="<b>", category="<i>")
    shown = text(page.get(STALE))
    assert "<script>alert" not in shown
    assert "<b>" not in shown.partition('id="found"')[2]


def test_twice_as_many_cost_no_more_statements(page):
    counts = []
    for _ in range(2):
        for number in range(4):
            entry(20 + number, **tied())
        with CaptureQueriesContext(connection) as queries:
            page.get(STALE)
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]


def test_reading_works_in_a_read_only_transaction(page):
    made = entry(20)
    with read_only():
        assert page.get(STALE).status_code == 200
        assert page.get(f"/knowledge/{made.pk}/owner-review").status_code == 200
