from __future__ import annotations

from datetime import timedelta

import pytest

from awooop import clock, tenancy
from awooop.clock import now
from runs.models import OutboundMessage, SendStatus
from tests import factories
from tests.governance.rows import ask

pytestmark = pytest.mark.django_db


def waiting(key, *, age: timedelta, delivered: bool = True, **values):
    """An approval asked for so long ago, its message delivered or not."""
    with clock.set_to(now() - age):
        approval = factories.waiting(key, **values)
    if delivered:
        OutboundMessage.objects.filter(pk=approval.notification_id).update(
            send_status=SendStatus.SENT, sent_at=now()
        )
    return approval


def test_none_waiting(project):
    checked = ask("silent_approval")["awoooi"]
    assert checked.result == {"pending": 0, "undelivered": 0, "unanalysed": 0}
    assert checked.findings == ()


@pytest.mark.parametrize(
    ("age", "undelivered"),
    [(timedelta(minutes=14, seconds=30), 0), (timedelta(minutes=15, seconds=1), 1)],
)
def test_a_late_one_that_nobody_was_told_of(key, age, undelivered):
    waiting(key, age=age, delivered=False)
    checked = ask("silent_approval")["awoooi"]
    assert checked.result == {"pending": 1, "undelivered": undelivered, "unanalysed": 0}
    assert len(checked.findings) == undelivered


def test_a_delivered_one_with_a_proposal_is_not_silent(key):
    waiting(key, age=timedelta(hours=1))
    assert ask("silent_approval")["awoooi"].findings == ()


@pytest.mark.parametrize("placeholder", ["", "  ", "NO_ACTION", "no_action", "待分析"])
def test_a_late_one_without_a_proposal(key, placeholder):
    approval = waiting(key, age=timedelta(hours=1), suggested_action=placeholder)
    checked = ask("silent_approval")["awoooi"]
    assert checked.result == {"pending": 1, "undelivered": 0, "unanalysed": 1}
    assert checked.findings[0].details["remediation"]["items"] == [str(approval.pk)]


def test_a_decided_one_does_not_count(key):
    approval = waiting(key, age=timedelta(hours=1), delivered=False)
    type(approval).objects.filter(pk=approval.pk).update(status="expired", resolved_at=now())
    assert ask("silent_approval")["awoooi"].result["pending"] == 0


def test_another_projects_approvals_do_not_count(key, other_project):
    with tenancy.scope(["other"]):
        waiting(factories.api_key("other"), age=timedelta(hours=1), project_id="other")
    found = ask("silent_approval", "awoooi", "other")
    assert found["awoooi"].result["pending"] == 0
    assert found["other"].result["pending"] == 1
