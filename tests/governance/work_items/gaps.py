"""A gap of each kind, and what mends it: by the product's own calls where there is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from awooop import callers
from awooop.actions import api_keys
from awooop.clock import now
from awooop.models import ApiKey
from governance.actions import dispatches, events
from governance.models import SloSample
from governance.slo.definitions import BUILT_IN
from runs.actions import approvals, outbox, run_sweeps
from runs.models import Evidence, Execution, Incident, OutboundMessage, Run
from tests import factories
from tests.awooop.stops import support as stops
from tests.factories import ApiClient
from tests.governance import samples
from tests.governance.drift import support
from tests.knowledge.reviews import rows as entries
from tests.runs.status_chain import stories

SYSTEM = callers.system("tests", ["awoooi"])
INCIDENT = entries.INCIDENT


@dataclass(frozen=True)
class World:
    """What the gaps are made with: a key, and a client that sends it."""

    key: str
    api: ApiClient


Make = Callable[[World], Any]


@dataclass(frozen=True)
class Gap:
    """How the gap comes about; how it is mended, given what was made."""

    make: Make
    mend: Callable[[World, Any], Any]


def _decide(world: World, approval: Any) -> None:
    by = factories.caller_of_user(factories.user("decider@example.org", awoooi="operator"))
    approvals.decide(by=by, approval_id=approval.pk, decision="reject", reason="no")


def _dead(message_type: str, **values: Any) -> OutboundMessage:
    return OutboundMessage.objects.create(
        project_id="awoooi",
        channel_type="telegram",
        message_type=message_type,
        recipient="-100",
        content="Hello",
        send_status="dead",
        **values,
    )


def _retry(world: World, message: OutboundMessage) -> None:
    outbox.retry(by=SYSTEM, message_id=message.pk)


def _silent_run(world: World) -> Run:
    run = factories.running(world.key)
    Run.objects.filter(pk=run.pk).update(heartbeat_at=now() - timedelta(minutes=3))
    return run


def _evidence(result: str, minutes_ago: float) -> Evidence:
    Incident.objects.get_or_create(pk=INCIDENT, project_id="awoooi", title="Disk full")
    return Evidence.objects.create(
        project_id="awoooi",
        incident_id=INCIDENT,
        verification_result=result,
        collected_at=now() - timedelta(minutes=minutes_ago),
    )


def _unverified(world: World) -> str:
    incident_id, run_id = stories.investigated(world.api)
    body = {"run_id": run_id, "success": True}
    stories.ok(world.api.post(f"/platform/incidents/{incident_id}/executions", body))
    stories.resolve(incident_id, "auto_repair")
    Execution.objects.update(created_at=now() - timedelta(hours=1))
    return incident_id


def _verify(world: World, incident_id: str) -> None:
    body = {"verification_result": "success"}
    stories.ok(world.api.post(f"/platform/incidents/{incident_id}/evidence", body))


def _asked_about(world: World) -> OutboundMessage:
    return OutboundMessage.objects.create(
        project_id="awoooi",
        channel_type="telegram",
        message_type="callback_reply",
        callback_action="detail",
        incident_id=INCIDENT,
        send_status="sent",
    )


def _review(world: World, reply: OutboundMessage) -> None:
    entries.queued(world.api, entries.entry(20, **entries.tied()), owner="kim")


def _refresh(world: World, entry: Any) -> None:
    body = {"content": "# Disk full\n\nRotate the logs.", "version": entry.version}
    answer = world.api.client.patch(
        f"/api/v1/knowledge/entries/{entry.pk}",
        body,
        content_type="application/json",
        headers=world.api.headers,
    )
    assert answer.status_code == 200, answer.content


def _resolve_event(world: World, event: Any) -> None:
    events.resolve(by=SYSTEM, event_id=event.pk, note="seen to")


def _cancel(world: World, dispatch: Any) -> None:
    dispatches.act(by=SYSTEM, dispatch_id=dispatch.pk, verb="cancel", note="not now")


def _evaluate(world: World, _: Any) -> None:
    SloSample.objects.bulk_create(
        SloSample(project_id="awoooi", slo=name, status="ok", value=1.0) for name in BUILT_IN
    )


def _replace_keys(world: World, _: Any) -> None:
    for key in ApiKey.objects.filter(project_id="awoooi", revoked_at=None):
        api_keys.revoke(by=SYSTEM, key=key)
    factories.api_key(expires_at=now() + timedelta(days=30))


GAPS: dict[str, Gap] = {
    "approval_backlog": Gap(lambda world: factories.waiting(world.key), _decide),
    "undelivered_messages": Gap(lambda world: _dead("final"), _retry),
    "telegram_callbacks": Gap(lambda world: _dead("callback_reply"), _retry),
    "run_heartbeats": Gap(_silent_run, lambda world, _: run_sweeps.sweep()),
    "remediation_queue": Gap(
        lambda world: _evidence("failed", 5), lambda world, _: _evidence("success", 1)
    ),
    "truth_chain_gaps": Gap(_unverified, _verify),
    "callback_owner_review": Gap(_asked_about, _review),
    "knowledge_healthcheck": Gap(lambda world: samples.dispatch(), _cancel),
    "knowledge_stale_review": Gap(lambda world: entries.entry(20), _refresh),
    "governance_dispatch": Gap(lambda world: samples.event(), _resolve_event),
    "config_drift_fsm": Gap(lambda world: support.made(), lambda world, _: support.report(diff={})),
    "slo_data_gap": Gap(lambda world: None, _evaluate),
    "secret_hygiene": Gap(lambda world: world.key, _replace_keys),
    "kill_switch": Gap(lambda world: stops.place(), lambda world, stop: stops.lift(stop)),
}
