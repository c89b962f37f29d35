"""Between the hourly cycles the watchdog looks for approvals that wait in silence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from awooop import clock, tenancy
from awooop.clock import now
from governance.models import GovernanceEvent, SelfCheckCycle
from runs.tasks import watch_approvals
from tests import factories

pytestmark = pytest.mark.django_db


def event() -> GovernanceEvent | None:
    with tenancy.scope(["awoooi"]):
        return GovernanceEvent.objects.filter(event_type="silent_approval").first()


def test_it_opens_an_event_before_the_approval_expires(key):
    with clock.set_to(now() - timedelta(minutes=16)):
        factories.waiting(key)
    assert watch_approvals()["opened"] == 1
    assert event().resolved is False


def test_it_resolves_it_when_the_silence_is_over(key):
    with clock.set_to(now() - timedelta(minutes=16)):
        approval = factories.waiting(key)
    watch_approvals()
    with tenancy.scope(["awoooi"]):
        approval.status, approval.resolved_at = "rejected", now()
        approval.save()
    assert watch_approvals()["resolved"] == 1
    assert event().resolved is True


def test_it_is_no_cycle_and_keeps_the_next_one_from_nothing(key):
    watch_approvals()
    with tenancy.scope(["awoooi"]):
        assert not SelfCheckCycle.objects.exists()
