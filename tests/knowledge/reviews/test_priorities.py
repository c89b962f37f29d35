from __future__ import annotations

from datetime import timedelta
from math import log2

import pytest

from awooop.clock import now
from knowledge.models import KnowledgeEntry
from knowledge.selectors import stale_candidates
from runs.models import Approval, Playbook
from tests.knowledge.reviews.rows import INCIDENT, entry

pytestmark = pytest.mark.django_db


def only():
    (row,) = stale_candidates.candidates(["awoooi"])["items"]
    return row


def half_up(number: float) -> int:
    return int(number + 0.5)


def expected(days, views, incident, playbook, approval):
    """The formula of the specification, said again."""
    ties = 20 * incident + 12 * playbook + 8 * approval
    return min(100, half_up(35 * min(days, 90) / 90 + min(25, 5 * log2(1 + views)) + ties))


@pytest.fixture
def ties(project):
    playbook = Playbook.objects.create(project=project, name="p", status="approved")
    approval = Approval.objects.create(
        project=project, tool_name="t", requested_by="x", digest="0" * 64
    )
    return {
        "incident": {"related_incident_id": INCIDENT},
        "playbook": {"related_playbook": playbook},
        "approval": {"related_approval": approval},
    }


@pytest.mark.parametrize("days", [7, 8, 45, 89, 90, 91, 400])
@pytest.mark.parametrize("views", [0, 1, 30, 31, 32, 100_000])
def test_the_score_of_age_and_views(project, days, views):
    entry(days, view_count=views)
    assert only()["priority_score"] == expected(days, views, 0, 0, 0)


@pytest.mark.parametrize(
    "names",
    [(), ("incident",), ("playbook",), ("approval",), ("incident", "playbook", "approval")],
)
@pytest.mark.parametrize(("days", "views"), [(10, 3), (120, 100)])
def test_the_score_of_ties(ties, names, days, views):
    values = {key: value for name in names for key, value in ties[name].items()}
    entry(days, view_count=views, **values)
    row = only()
    flags = [name in names for name in ("incident", "playbook", "approval")]
    assert row["priority_score"] == expected(days, views, *flags)
    assert row["correlation_sources"] == list(names)


@pytest.mark.parametrize(
    ("values", "tier"),
    [
        ({"days": 90, "view_count": 31}, "P0"),  # 35 + 25
        ({"days": 90, "view_count": 27}, "P1"),  # 35 + 24.04 = 59
        ({"days": 90, "view_count": 0}, "P1"),  # 35
        ({"days": 88, "view_count": 0}, "P2"),  # 34.2
    ],
)
def test_tiers_at_their_edges(project, values, tier):
    entry(values.pop("days"), **values)
    assert only()["priority_tier"] == tier


@pytest.mark.parametrize(
    ("days", "views", "is_tied", "action"),
    [
        (90, 0, False, "archive_or_supersede"),
        (89, 0, False, "owner_review"),
        (90, 1, False, "owner_review"),
        (90, 0, True, "refresh_with_evidence"),
        (8, 5, True, "refresh_with_evidence"),
    ],
)
def test_the_recommended_action(project, days, views, is_tied, action):
    entry(days, view_count=views, related_incident_id=INCIDENT if is_tied else None)
    assert only()["recommended_action"] == action


@pytest.mark.parametrize(
    ("days", "views", "is_tied", "reasons"),
    [
        (8, 3, False, ["stale_over_threshold", "no_correlation"]),
        (8, 0, True, ["stale_over_threshold", "linked_incident", "never_viewed"]),
        (90, 10, True, ["stale_over_threshold", "stale_over_90_days", "high_view_count",
                        "linked_incident"]),
    ],
)  # fmt: skip
def test_reasons(project, days, views, is_tied, reasons):
    entry(days, view_count=views, related_incident_id=INCIDENT if is_tied else None)
    assert only()["reasons"] == reasons


def test_what_is_fresh_archived_or_anothers_is_no_candidate(project, other_project):
    KnowledgeEntry.objects.filter(pk=entry().pk).update(
        updated_at=now() - timedelta(days=6, hours=23, minutes=59)
    )
    entry(50, status="archived")
    entry(50, project="other")
    assert stale_candidates.candidates(["awoooi"])["items"] == []


def test_ties_are_broken_by_age_then_id(project):
    at = now() - timedelta(days=200)
    same = [entry(100, updated_at=at) for _ in range(5)]
    older = entry(100, updated_at=at - timedelta(days=1))
    rows = stale_candidates.candidates(["awoooi"])["items"]
    ids = [row["entry_id"] for row in rows]
    assert ids == [older.pk, *sorted(one.pk for one in same)]


def test_the_list_is_narrowed_and_counted(api):
    entry(120, view_count=31)
    for n in range(3):
        entry(10 + n)
    answer = api.get("/knowledge/stale-candidates", priority_tier="P2", limit=2).json()
    assert (answer["total_stale"], answer["returned"], answer["threshold_days"]) == (3, 2, 7)
    assert {item["priority_tier"] for item in answer["items"]} == {"P2"}
    assert answer["writes_on_read"] is False
    some = api.get("/knowledge/stale-candidates", recommended_action="refresh_with_evidence")
    assert some.json()["items"] == []
    assert api.get("/knowledge/stale-candidates", priority_tier="P9").status_code == 422


def test_the_statements_do_not_grow(project, django_assert_num_queries):
    for n in range(10):
        entry(10 + n)
    with django_assert_num_queries(3):
        stale_candidates.candidates(["awoooi"])
