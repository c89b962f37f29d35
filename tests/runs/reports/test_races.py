"""Several clusters ring at once: each project is told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from awooop import clock, tenancy
from awooop.models import Project
from runs.actions import reports
from runs.models import OutboundMessage
from tests import factories
from tests.runs.together import together

EIGHT = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)  # in Taipei


def send() -> int:
    with clock.set_to(EIGHT):
        return reports.send_due()["queued"]


def test_each_project_is_told_once(truncatable):
    for name in ("awoooi", "other"):
        factories.project(name)
    with tenancy.registry():
        Project.objects.update(created_at=EIGHT - timedelta(days=9))
    assert sum(together([send] * 4)) == 2
    with tenancy.scope(["awoooi", "other"]):
        told = OutboundMessage.objects.filter(message_type="report")
        assert sorted(told.values_list("project_id", flat=True)) == ["awoooi", "other"]
