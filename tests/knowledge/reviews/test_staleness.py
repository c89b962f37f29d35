from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from awooop import clock
from awooop.clock import now
from governance.actions import self_check
from governance.models import CheckThreshold, Dispatch, GovernanceEvent
from knowledge.selectors.staleness import snapshot
from tests import factories
from tests.governance.rows import ask
from tests.knowledge.reviews.rows import entry, queued, stale_and_fresh

pytestmark = pytest.mark.django_db


def check(*projects):
    return ask("knowledge_degradation", *projects)


@pytest.mark.parametrize(
    ("stale", "fresh", "ratio", "alerts"),
    [(0, 0, 0.0, 0), (1, 5, 0.167, 0), (2, 8, 0.2, 0), (3, 10, 0.231, 1), (1, 0, 1.0, 1)],
)
def test_the_share_of_stale_entries(project, stale, fresh, ratio, alerts):
    stale_and_fresh(stale, fresh)
    checked = check()["awoooi"]
    assert checked.result["total"] == stale + fresh
    assert (checked.result["stale"], checked.result["ratio"]) == (stale, ratio)
    assert len(checked.findings) == alerts


def test_archived_entries_count_for_nothing(project):
    entry(30, status="archived")
    entry()
    assert snapshot("awoooi").as_dict() == {
        "stale_count": 0,
        "total_count": 1,
        "stale_ratio": 0.0,
        "threshold": 0.2,
        "stale_days": 7,
    }


def test_another_projects_entries_do_not_count(project, other_project):
    entry(30, project="other")
    found = check("awoooi", "other")
    assert found["awoooi"].result["total"] == 0
    assert found["other"].result["stale"] == 1


def test_a_projects_own_thresholds(project):
    CheckThreshold.objects.create(
        project=project, name="knowledge_degradation.stale_days", value=Decimal(30)
    )
    stale_and_fresh(3, 0)
    assert check()["awoooi"].result["stale"] == 0


@pytest.mark.parametrize(
    ("stale", "fresh", "left"), [(0, 0, 0), (2, 8, 0), (3, 7, 1), (5, 5, 3), (4, 15, 1)]
)
def test_how_many_are_left_to_the_threshold(project, stale, fresh, left):
    stale_and_fresh(stale, fresh)
    assert snapshot("awoooi").entries_to_threshold == left


def test_while_owner_reviews_are_open_nobody_is_alerted(api):
    one, *_ = stale_and_fresh(3, 2)
    queued(api, one)
    checked = check()["awoooi"]
    assert checked.result["alert_suppressed"] is True
    assert checked.result["suppress_reason"] == "open_owner_review_exists"
    assert [finding.suppressed for finding in checked.findings] == [True]


def test_a_cycle_opens_the_event_and_its_dispatch_and_the_next_ones_resolve_it(project):
    stale = stale_and_fresh(3, 2)
    self_check.run(by=factories.SYSTEM, trigger="schedule")
    event = GovernanceEvent.objects.get(event_type="knowledge_degradation")
    assert event.details["ownership"]["lead_agent"] == "hermes"
    dispatch = Dispatch.objects.get(governance_event=event)
    assert dispatch.executor_type == "hermes_kb_growth_healthcheck"
    assert dispatch.decision_context["metric_value"] == 0.6
    type(stale[0]).objects.update(updated_at=now())
    assert check()["awoooi"].result["resolved_open_events"] == 1
    with clock.set_to(now() + timedelta(hours=1)):
        self_check.run(by=factories.SYSTEM, trigger="schedule")
    event.refresh_from_db()
    assert event.resolved
