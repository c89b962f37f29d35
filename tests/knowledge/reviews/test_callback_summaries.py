"""What the completion queue says about the incidents of callback replies."""

from __future__ import annotations

import pytest

from knowledge import callback_summaries
from tests.knowledge.reviews.rows import ARCHIVE, INCIDENT, confirmed, entry, queued

OTHER = "INC-20260101-0002"
KEY = ("awoooi", INCIDENT)
pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewed(api):
    """Four reviews about the incident, one about another, one about none."""
    made = [entry(20 + n, title=f"Entry {n}", related_incident_id=INCIDENT) for n in range(4)]
    made += [entry(30, title="Other", related_incident_id=OTHER), entry(40, title="None")]
    for one in made:
        queued(api, one)
    return made


def test_the_first_three_about_the_incident_and_how_many_there_are(reviewed):
    found = callback_summaries.of([KEY])[KEY]
    assert found.related_total == 4
    assert [item["title"] for item in found.related_items] == ["Entry 3", "Entry 2", "Entry 1"]
    assert {item["related_incident_id"] for item in found.related_items} == {INCIDENT}
    first = found.related_items[0]
    assert first["readiness"] == "ready"
    assert first["href"] == f"/knowledge/reviews/{first['dispatch_id']}"


def test_the_counts_are_of_the_project_s_whole_queue(api, reviewed):
    answer = confirmed(api, reviewed[5], **ARCHIVE)
    assert answer.status_code == 200
    found = callback_summaries.of([KEY])[KEY]
    assert found.total == 6
    assert found.counts == {
        "pending_count": 5,
        "ready_count": 5,
        "blocked_count": 0,
        "completed_count": 1,
        "failed_count": 0,
    }


def test_an_incident_that_no_review_is_about(reviewed):
    key = ("awoooi", "INC-20260101-NONE")
    found = callback_summaries.of([key])[key]
    assert (found.related_total, list(found.related_items), found.total) == (0, [], 6)


def test_an_incident_of_another_project_is_another(api, other_project, reviewed):
    from awooop import tenancy

    key = ("other", INCIDENT)
    with tenancy.scope(["awoooi", "other"]):
        found = callback_summaries.of([KEY, key])
    assert (found[KEY].related_total, found[key].related_total) == (4, 0)


def test_two_statements_for_any_number_of_incidents(reviewed, django_assert_num_queries):
    for number in (1, 100):
        keys = [("awoooi", f"INC-20260101-{n:04d}") for n in range(number)]
        with django_assert_num_queries(2):
            callback_summaries.of(keys)


def test_the_api_shows_them(api, reviewed):
    from runs.models import OutboundMessage

    OutboundMessage.objects.create(
        project_id="awoooi",
        channel_type="telegram",
        message_type="callback_reply",
        incident_id=INCIDENT,
    )
    (item,) = api.get("/platform/runs/callback-replies").json()["items"]
    summary = item["km_stale_completion_summary"]
    assert (summary["status"], summary["related_total"], summary["returned"]) == (
        "matched_owner_review",
        4,
        3,
    )
    assert summary["related_items"][0]["title"] == "Entry 3"
