"""What a notification about one alert group makes: events, an incident and its run, or its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import F

from awooop import bulk, counters
from awooop.callers import Caller
from awooop.clock import now
from awooop.models import Project
from runs import incident_ids, signals
from runs.actions import alert_events, incidents, links, runs
from runs.actions.alert_events import Heard, Original
from runs.alertmanager import wording
from runs.alertmanager.model import Alert, Notification
from runs.models import ChannelEvent, Incident, IncidentStatus, ResolutionType, Run

SOURCE = "alertmanager"
TRIGGER = "alert"
_TRIGGER_REF = 255
_LOCK = "select pg_advisory_xact_lock(hashtextextended(%s, 8))"


class Overtaken(Exception):
    """Another notification stored one of the occurrences meanwhile: roll back and look again."""


@dataclass
class Made:
    """What a notification made: numbers of stored events, ids of incidents and of queued runs.

    `truncated` counts the alerts that were cut off, by the sender or by our own bound.
    """

    events: int = 0
    duplicates: int = 0
    truncated: int = 0
    incidents_opened: list[str] = field(default_factory=list)
    incidents_recurred: list[str] = field(default_factory=list)
    incidents_resolved: list[str] = field(default_factory=list)
    runs: list[UUID] = field(default_factory=list)


@dataclass
class _Group:
    """The group's open incident, if there is one, with the run that was queued for it."""

    project_id: str
    incident: Incident | None = None
    run_id: UUID | None = None

    @property
    def episode(self) -> str:
        return self.incident.incident_id if self.incident else ""


def take(*, by: Caller, project_id: str, notification: Notification, made: Made) -> None:
    """Write what a redacted notification says about its group, and note it in `made`.

    1. Lock the group. 2. Look what was heard of its occurrences. 3. What begins to fire opens an
    incident and queues its run, or recurs the open one. 4. Store the events. 5. Where the group is
    over, close the incident. Runs in the caller's transaction; raises Overtaken.
    """
    at = now()
    group = _locked(project_id, notification.group_fingerprint)
    heard = Heard(project_id, notification.occurrences, group.episode)
    starting = [alert for alert in notification.occurrences if heard.is_start(alert)]
    if starting:
        _start(by, group, notification, starting, at, made)
    _store(group, notification, heard, at, made)
    if group.incident and _is_over(group, notification, heard):
        _close(by, group.incident, made)


def _locked(project_id: str, fingerprint: str) -> _Group:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [f"{project_id}:{fingerprint}"])
    incident = _open_incident(project_id, fingerprint)
    if incident is None:
        return _Group(project_id)
    return _Group(project_id, incident, _run_of(incident))


def _open_incident(project_id: str, fingerprint: str) -> Incident | None:
    found = Incident.objects.filter(project_id=project_id, fingerprint=fingerprint)
    return found.exclude(status=IncidentStatus.RESOLVED).select_for_update().first()


def _run_of(incident: Incident) -> UUID | None:
    found = Run.objects.filter(
        project_id=incident.project_id, trigger_type=TRIGGER, trigger_ref=_trigger_ref(incident)
    )
    return found.order_by("created_at").values_list("run_id", flat=True).first()


def _trigger_ref(incident: Incident) -> str:
    # The incident's id comes first, so that the run is found to belong to it.
    return f"{incident.incident_id} {SOURCE}:{incident.fingerprint}"[:_TRIGGER_REF]


def _start(
    by: Caller,
    group: _Group,
    notification: Notification,
    starting: Sequence[Alert],
    at: datetime,
    made: Made,
) -> None:
    if group.incident is None:
        group.incident, is_new = _insert_or_find(_incident(group.project_id, notification, at))
        if is_new:
            signals.incidents_opened.send(sender=Incident, incidents=[group.incident], by=by)
            made.incidents_opened.append(group.episode)
            group.run_id = _queue_run(by, group.incident)
            made.runs.append(group.run_id)
            return
    _recur(group.incident, notification, starting, at)
    made.incidents_recurred.append(group.episode)


def _incident(project_id: str, notification: Notification, at: datetime) -> Incident:
    labels = {**notification.common_labels, **notification.group_labels}
    return Incident(
        project_id=project_id,
        title=notification.title,
        severity=notification.severity,
        source=SOURCE,
        fingerprint=notification.group_fingerprint,
        labels=labels or dict(notification.occurrences[0].labels),
        annotations=dict(notification.common_annotations),
        opened_at=at,
        last_seen_at=at,
    )


def _insert_or_find(incident: Incident) -> tuple[Incident, bool]:
    """Insert the group's incident; answers it and True, or the one opened meanwhile."""
    for attempt in range(20):
        incident.incident_id = incident_ids.new_id(incident.opened_at.date(), 4 + attempt // 4)
        if bulk.insert_new([incident]):
            return incident, True
        held = _open_incident(incident.project_id, incident.fingerprint)
        if held is not None:
            return held, False
    raise Overtaken


def _queue_run(by: Caller, incident: Incident) -> UUID:
    agents = Project.objects.filter(project_id=incident.project_id)
    run, _ = runs.create(
        by=by,
        project_id=incident.project_id,
        run_id=None,
        agent_id=agents.values_list("default_agent_id", flat=True).get(),
        trigger_type=TRIGGER,
        trigger_ref=_trigger_ref(incident),
    )
    return run.run_id


def _recur(
    incident: Incident, notification: Notification, starting: Sequence[Alert], at: datetime
) -> None:
    Incident.objects.filter(pk=incident.pk).update(
        recurrence_count=F("recurrence_count") + len(starting),
        last_seen_at=at,
        severity=wording.worst([incident.severity, notification.severity]),
    )


def _store(
    group: _Group, notification: Notification, heard: Heard, at: datetime, made: Made
) -> None:
    here = Original((group.episode,), group.run_id) if group.incident else alert_events.NOWHERE
    events = alert_events.make(
        group.project_id,
        notification,
        notification.occurrences,
        lambda alert: here if heard.is_start(alert) else heard.before(alert) or here,
        heard=heard,
        episode=group.episode,
        at=at,
    )
    if len(bulk.insert_new(events)) < len(events):
        raise Overtaken
    links.for_events(events)
    _count(group.project_id, events, made)


def _count(project_id: str, events: Sequence[ChannelEvent], made: Made) -> None:
    repeats = sum(event.is_duplicate for event in events)
    first = len(events) - repeats
    made.events += first
    made.duplicates += repeats
    rows = [("alert", first), ("alert_duplicate", repeats)]
    counters.add_many(
        [
            ("awooop_ingested", number, {"kind": kind, "project_id": project_id})
            for kind, number in rows
            if number
        ]
    )


def _is_over(group: _Group, notification: Notification, heard: Heard) -> bool:
    """Whether the group's end is the end of this incident, not a late one of what was before."""
    if not notification.is_resolved:
        return False
    if not any(_ends(alert, group.episode, heard) for alert in notification.occurrences):
        return False
    run_id = group.run_id
    return not (run_id and alert_events.fires_beyond(group.project_id, run_id, notification))


def _ends(alert: Alert, episode: str, heard: Heard) -> bool:
    start = heard.start_of(alert)
    if start is None:  # its start was lost, or cut off the list
        return heard.is_new(alert)
    return episode in start.incident_ids


def _close(by: Caller, incident: Incident, made: Made) -> None:
    _, is_done = incidents.resolve(
        by=by,
        project_id=incident.project_id,
        incident_id=incident.incident_id,
        resolution_type=ResolutionType.ALERT_CLEARED,
    )
    if is_done:
        made.incidents_resolved.append(incident.incident_id)
