"""Incidents as they go, made by the product's own calls; each answers the incident's id."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from awooop import callers, clock
from awooop.clock import now
from runs.actions import approvals, expiry, incidents
from runs.models import Incident, Run
from tests import factories
from tests.factories import ApiClient
from tests.runs.alertmanager import payloads

SYSTEM = callers.system("tests", ["awoooi"])


def alerted(api: ApiClient) -> str:
    """An alert comes in: an incident is opened and a run queued for the default agent."""
    answer = api.post(payloads.PATH, payloads.notification())
    assert answer.status_code == 202, answer.content
    return Incident.objects.get().incident_id


def investigated(api: ApiClient) -> tuple[str, str]:
    """An agent claims the run and journals a step; answers the incident's and the run's id."""
    incident_id = alerted(api)
    claimed = api.post("/platform/runs/claim", {"agent_id": "sre-agent", "worker_id": "w1"}).json()
    run_id = claimed["run_id"]
    ok(api.post(f"/platform/runs/{run_id}/steps", {"step_seq": 1, "tool_name": "kubectl.get"}))
    return incident_id, run_id


def asked(api: ApiClient, **values: Any) -> tuple[str, str]:
    """The agent asks for an approval; answers the incident's and the run's id."""
    incident_id, run_id = investigated(api)
    body = {
        "tool_name": "kubectl.restart",
        "suggested_action": "Restart the deployment api",
        "risk_level": "medium",
        "incident_id": incident_id,
        **values,
    }
    ok(api.post(f"/platform/runs/{run_id}/approval-requests", body))
    return incident_id, run_id


def approved(api: ApiClient, decision: str = "approve") -> tuple[str, str]:
    """A person decides; answers the incident's and the run's id."""
    incident_id, run_id = asked(api)
    by = factories.caller_of_user(factories.user("decider@example.org", awoooi="operator"))
    (approval,) = Run.objects.get(pk=run_id).approvals.all()
    approvals.decide(by=by, approval_id=approval.pk, decision=decision, reason="as ever")
    return incident_id, run_id


def executed(api: ApiClient, *, success: bool = True) -> tuple[str, str]:
    """The agent executes and says so; answers the incident's and the run's id."""
    incident_id, run_id = approved(api)
    body = {"run_id": run_id, "success": success, "human_approved": True}
    ok(api.post(f"/platform/incidents/{incident_id}/executions", body))
    return incident_id, run_id


def verified(api: ApiClient, result: str = "success") -> tuple[str, str]:
    """The agent verifies and says so; answers the incident's and the run's id."""
    incident_id, run_id = executed(api)
    body = {"run_id": run_id, "verification_result": result}
    ok(api.post(f"/platform/incidents/{incident_id}/evidence", body))
    return incident_id, run_id


def resolve(incident_id: str, resolution_type: str = "manual") -> None:
    """The incident is resolved."""
    incidents.resolve(
        by=SYSTEM, project_id="awoooi", incident_id=incident_id, resolution_type=resolution_type
    )


def whole_way(api: ApiClient) -> str:
    """From the alert to what was learned."""
    incident_id, run_id = verified(api)
    resolve(incident_id, "human_approved")
    ok(api.post(f"/platform/runs/{run_id}/transition", {"state": "completed", "worker_id": "w1"}))
    return incident_id


def expired(api: ApiClient) -> str:
    """Nobody decides: the sweep ends it."""
    incident_id, _ = asked(api, expires_in_s=600)
    with clock.set_to(now() + timedelta(minutes=11)):
        expiry.sweep()
    return incident_id


def recurred(api: ApiClient) -> str:
    """The alert comes back five minutes after the repair was verified."""
    incident_id, _ = verified(api)
    with clock.set_to(now() + timedelta(minutes=5)):
        again = payloads.notification(payloads.alert("db2", starts_at=payloads.LATER))
        ok(api.post(payloads.PATH, again))
    return incident_id


def by_hand(api: ApiClient) -> str:
    """Reported by the API, and resolved by a person without any run."""
    body = {"title": "Certificates run out", "severity": "warning"}
    answer = ok(api.post("/platform/incidents", body)).json()
    (incident_id,) = Incident.objects.values_list("pk", flat=True)
    assert incident_id in str(answer)
    resolve(incident_id)
    return incident_id


def ok(answer: Any) -> Any:
    """Answer it, having seen that it was taken."""
    assert answer.status_code in (200, 201, 202), answer.content
    return answer
