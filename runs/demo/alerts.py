"""What came in: alerts and their repeats, messages of people, builds and the repository."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from runs.alertmanager import fingerprints
from runs.alertmanager.model import FIRING, RESOLVED, Alert
from runs.demo.catalogue.shapes import Scenario
from runs.demo.contracts import OPERATORS_CHAT
from runs.demo.world import World
from runs.models import ChannelEvent, Run

_GROUP_WAIT_S = (18, 44)


def labels_of(scenario: Scenario, target: Mapping[str, str]) -> dict[str, str]:
    """Answer the labels of an alert about a target."""
    own = {name: value for name, value in target.items() if name != "target"}
    return {"alertname": scenario.alertname, "severity": scenario.severity, **own}


def group_key(labels: Mapping[str, str]) -> str:
    """Answer the key of the alert's group, as Alertmanager writes it."""
    inner = ", ".join(f'{key}="{labels[key]}"' for key in sorted(labels) if key != "severity")
    return f"{{}}:{{{inner}}}"


def alert(
    labels: Mapping[str, str],
    annotations: Mapping[str, str],
    starts_at: datetime,
    ends_at: datetime | None = None,
) -> Alert:
    """Answer one alert, firing or (with an end) resolved."""
    return Alert(
        status=RESOLVED if ends_at else FIRING,
        labels=labels,
        annotations=annotations,
        starts_at=starts_at,
        starts_at_known=True,
        ends_at=ends_at,
        generator_url="https://prometheus.awoooi.example/graph",
        fingerprint=fingerprints.of_labels(labels),
        fingerprint_computed=False,
    )


def of_alert(
    world: World, told: Alert, received_at: datetime, incident_id: str, run: Run | None = None
) -> ChannelEvent:
    """Answer the event of an alert's notification."""
    said = f"[{told.status.upper()}] {told.name}: {told.annotations['summary']}"
    suffix = "" if told.is_firing else ":resolved"
    return ChannelEvent(
        event_id=world.uuid("event"),
        project_id=world.project_id,
        run=run,
        channel_type="alertmanager",
        provider_event_id=told.occurrence_id + suffix,
        content_preview=said[:500],
        content_redacted="\n".join([said, *(f"{k}={v}" for k, v in sorted(told.labels.items()))]),
        received_at=received_at,
        source_envelope={
            "receiver": "awooop",
            "status": told.status,
            "groupKey": group_key(told.labels),
            "alert": told.as_json(),
            "source_refs": {"incident_ids": [incident_id]},
        },
    )


def started_before(world: World, at: datetime) -> datetime:
    """Answer when an alert began whose notification came at a moment."""
    return at - world.span(*_GROUP_WAIT_S)


def again(world: World, event: ChannelEvent, received_at: datetime) -> ChannelEvent:
    """Answer the same event, sent once more: stored as a duplicate."""
    return ChannelEvent(
        event_id=world.uuid("event"),
        project_id=event.project_id,
        channel_type=event.channel_type,
        provider_event_id=event.provider_event_id,
        channel_chat_id=event.channel_chat_id,
        content_preview=event.content_preview,
        content_redacted=event.content_redacted,
        is_duplicate=True,
        received_at=received_at,
        source_envelope=event.source_envelope,
    )


def message(
    world: World,
    channel: str,
    said: str,
    at: datetime,
    *,
    run: Run | None = None,
    incident_id: str | None = None,
    **envelope: Any,
) -> ChannelEvent:
    """Answer the event of something written or reported: by a person, a build, the repository."""
    refs = {"source_refs": {"incident_ids": [incident_id]}} if incident_id else {}
    return ChannelEvent(
        event_id=world.uuid("event"),
        project_id=world.project_id,
        run=run,
        channel_type=channel,
        provider_event_id=_provider_id(world, channel),
        channel_chat_id=OPERATORS_CHAT if channel == "telegram" else "",
        content_preview=said[:500],
        content_redacted=said,
        received_at=at,
        source_envelope={**envelope, **refs},
    )


def _provider_id(world: World, channel: str) -> str:
    number = world.number(f"from {channel}")
    if channel == "telegram":
        return f"update:{730_114_000 + number}"
    if channel == "ci":
        return f"ci/build/{4_800 + number}"
    return f"delivery:{world.uuid('delivery')}"


def refused(world: World, at: datetime) -> ChannelEvent:
    """Answer a notification that could not be understood: kept all the same."""
    event = message(world, "alertmanager", '{"status": "firing", "alerts": []}', at)
    event.provider_event_id, event.is_refused = f"refused:{event.event_id}", True
    event.source_envelope = {"reason": "alerts: must not be empty"}
    return event


def repeats(
    begin: datetime, end: datetime, every: timedelta = timedelta(hours=4)
) -> list[datetime]:
    """Answer when Alertmanager sends a firing alert again while nobody ends it."""
    moments, at = [], begin + every
    while at < end:
        moments.append(at)
        at += every
    return moments
