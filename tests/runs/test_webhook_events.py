"""What outbound webhooks are told of: each fact once, in its own transaction."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from awooop import callers, clock
from awooop.actions import stops, webhooks
from awooop.models import WebhookDelivery
from awooop.webhooks import kinds
from governance.actions import events
from governance.self_checks import Finding
from runs.actions import approvals, expiry, incidents
from tests import factories

BY = callers.system("tests", ["awoooi"])


@pytest.fixture
def subscribed(project):
    webhooks.create(
        by=BY,
        project_id="awoooi",
        name="all",
        url="https://pager.example.org/in",
        wanted=kinds.all_kinds(),
    )


def _told() -> list[tuple[str, dict]]:
    rows = WebhookDelivery.objects.order_by("created_at", "pk").values_list("kind", "body")
    return [(kind, json.loads(body)["data"]) for kind, body in rows]


def test_a_decision_is_told_from_the_request_to_the_end_of_the_run(subscribed, key):
    approval = factories.waiting(key)
    operator = factories.caller_of_user(factories.user("o@example.org", awoooi="operator"))
    approvals.decide(by=operator, approval_id=approval.pk, decision="reject", reason="no")
    told = dict(_told())
    assert set(told) == {"approval.requested", "approval.decided", "run.finished"}
    decided = told["approval.decided"]
    assert (decided["status"], decided["by"]) == ("rejected", "o@example.org")
    assert decided["href"].endswith(f"/awooop/approvals?approval_id={approval.pk}")
    assert told["run.finished"]["state"] == "cancelled"


def test_an_expiry_is_told(subscribed, key):
    factories.waiting(key, expires_in_s=60)
    with clock.set_to(clock.now() + timedelta(minutes=2)):
        expiry.sweep()
    assert [kind for kind, _ in _told()].count("approval.expired") == 1
    assert "approval.decided" not in dict(_told())


def test_incidents_are_told(subscribed, api):
    api.post("/platform/incidents", [{"title": "Disk full"}, {"title": "Net slow"}])
    api.post(
        "/webhooks/alertmanager",
        {"alerts": [{"labels": {"alertname": "X"}, "startsAt": "2026-01-01T00:00:00Z"}]},
    )
    opened = [data for kind, data in _told() if kind == "incident.opened"]
    assert len(opened) == 3
    incidents.resolve(
        by=BY,
        project_id="awoooi",
        incident_id=opened[0]["incident_id"],
        resolution_type="manual",
    )
    assert dict(_told())["incident.resolved"]["resolution_type"] == "manual"


def test_a_finding_is_told_when_it_is_opened_and_not_again(subscribed):
    for _ in range(2):
        found = {"awoooi": [Finding("trust_drift", {"impact": "off"})]}
        events.report(by=BY, found=found)
    assert [kind for kind, _ in _told()] == ["governance.event_opened"]


def test_the_kill_switch_is_told(subscribed):
    stop = stops.place(by=BY, target=stops.Target("awoooi", tool_name="pg.drop"), reason="too bold")
    stops.lift(by=BY, stop_id=stop.stop_id, reason="mended")
    assert [kind for kind, _ in _told()] == ["stop.set", "stop.lifted"]
