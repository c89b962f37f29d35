"""The channel events that alerts become, and what was heard of the same alerts before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from awooop.canonical import rfc3339
from awooop.redaction import redact, redact_json
from runs import incident_ids
from runs.alertmanager.model import FIRING, Alert, Notification
from runs.models import ChannelEvent

CHANNEL = "alertmanager"
PREVIEW = 500
_RECEIVER = 128
_URL = 2_000
_OVER = ":resolved"


@dataclass(frozen=True)
class Original:
    """A stored first telling of an occurrence: its incidents and its run."""

    incident_ids: tuple[str, ...]
    run_id: UUID | None


# Nothing was heard before, and nothing is known of where it belongs.
NOWHERE = Original((), None)


class Heard:
    """What was stored of a notification's occurrences before, found with one query.

    `episode` is the group's open incident, or an empty string: an alert without a start has one and
    the same occurrence id in each episode, so its episode stands in for the start.
    """

    def __init__(self, project_id: str, alerts: Sequence[Alert], episode: str) -> None:
        self._episode = episode
        ids = {ident for alert in alerts for ident in _ids(alert, episode)}
        rows = ChannelEvent.objects.filter(
            project_id=project_id,
            channel_type=CHANNEL,
            provider_event_id__in=sorted(ids),
            is_duplicate=False,
        ).values_list("provider_event_id", "run_id", "source_envelope__source_refs")
        self._stored = {
            ident: Original(_incidents({"source_refs": refs}), run_id)
            for ident, run_id, refs in rows
        }

    def is_new(self, alert: Alert) -> bool:
        """Whether this occurrence was not told before with this status."""
        return provider_id(alert, self._episode) not in self._stored

    def is_start(self, alert: Alert) -> bool:
        """Whether something begins to fire: not told before, and not over already.

        A firing alert that comes after its own end was overtaken on the way: it starts nothing.
        Where the start is not known, the end may be that of an earlier episode.
        """
        is_over = alert.starts_at_known and _ids(alert, self._episode)[1] in self._stored
        return alert.is_firing and self.is_new(alert) and not is_over

    def start_of(self, alert: Alert) -> Original | None:
        """Answer the stored firing event of the same occurrence."""
        return self._stored.get(_ids(alert, self._episode)[0])

    def before(self, alert: Alert) -> Original | None:
        """Answer what was stored of this occurrence: as it is told now, else its other end."""
        own = self._stored.get(provider_id(alert, self._episode))
        found = (self._stored.get(ident) for ident in _ids(alert, self._episode))
        return own or next(filter(None, found), None)


def provider_id(alert: Alert, episode: str) -> str:
    """Answer the id that tells the start and the end of one occurrence apart from all others."""
    firing, resolved = _ids(alert, episode)
    return firing if alert.is_firing else resolved


def _ids(alert: Alert, episode: str) -> tuple[str, str]:
    has_own = alert.starts_at_known or not episode
    base = alert.occurrence_id if has_own else f"{alert.fingerprint}:{episode}"
    return base, f"{base}{_OVER}"


def _incidents(envelope: object) -> tuple[str, ...]:
    return tuple(incident_ids.from_envelope(envelope))


def fires_beyond(project_id: str, run_id: UUID, notification: Notification) -> bool:
    """Whether something of the run's group began after all that is over here, and is not over.

    Then the notification is late: one that was sent after it came before it.
    """
    ends = [alert.ends_at for alert in notification.occurrences if alert.ends_at]
    if not ends or notification.truncated_alerts:
        return False
    told = ChannelEvent.objects.filter(
        project_id=project_id, run_id=run_id, channel_type=CHANNEL, is_duplicate=False
    )
    later = told.filter(
        source_envelope__status=FIRING, source_envelope__startsAt__gt=rfc3339(max(ends))
    )
    ids = set(later.values_list("provider_event_id", flat=True))
    over = told.filter(provider_event_id__in=[f"{ident}{_OVER}" for ident in ids])
    return len(ids) > over.count()


def make(
    project_id: str,
    notification: Notification,
    alerts: Iterable[Alert],
    place_of: Callable[[Alert], Original],
    *,
    heard: Heard,
    episode: str,
    at: datetime,
) -> list[ChannelEvent]:
    """Answer the unsaved events of a redacted notification, in the order of their provider ids.

    One order for all writers keeps two notifications from waiting for each other. A repeat names
    the incident that it is about, but belongs to no run: it changes nothing.
    """
    events = [
        _event(project_id, notification, alert, place_of(alert), not heard.is_new(alert), episode)
        for alert in alerts
    ]
    for event in events:
        event.received_at = at
    return sorted(events, key=lambda event: event.provider_event_id)


def _event(
    project_id: str,
    notification: Notification,
    alert: Alert,
    place: Original,
    is_duplicate: bool,
    episode: str,
) -> ChannelEvent:
    headline = f"[{alert.status.upper()}] {alert.title}"
    lines = [f"{name}: {value}" for name, value in alert.annotations.items()]
    return ChannelEvent(
        project_id=project_id,
        run_id=None if is_duplicate else place.run_id,
        channel_type=CHANNEL,
        provider_event_id=provider_id(alert, episode),
        channel_chat_id=notification.receiver[:_RECEIVER],
        content_preview="\n".join([headline, *lines])[:PREVIEW],
        content_redacted="\n".join([headline, *lines]),
        is_duplicate=is_duplicate,
        source_envelope=_envelope(notification, alert, place),
    )


def _envelope(notification: Notification, alert: Alert, place: Original) -> dict[str, object]:
    # What the group has in common stands on the incident, once: repeated here for each alert it
    # could make gigabytes of one body.
    return {
        "source_refs": {"incident_ids": list(place.incident_ids)},
        "group": notification.group_fingerprint,
        "group_status": notification.status,
        "version": notification.version[:_RECEIVER],
        "external_url": notification.external_url[:_URL],
        "truncated_alerts": notification.truncated_alerts,
        "runbook_url": alert.runbook_url,
        **alert.as_json(),
    }


def redacted(notification: Notification) -> Notification:
    """Answer the notification without the secrets in its texts; the groups stay told apart."""
    # Before anything is cut to a length: half a secret would no longer look like one.
    return replace(
        notification,
        group_key=_group_key(notification.group_key),
        receiver=redact(notification.receiver).text,
        version=redact(notification.version).text,
        external_url=redact(notification.external_url).text,
        group_labels=redact_json(dict(notification.group_labels))[0],
        common_labels=redact_json(dict(notification.common_labels))[0],
        common_annotations=redact_json(dict(notification.common_annotations))[0],
        alerts=tuple(_alert(alert) for alert in notification.occurrences),
    )


def _alert(alert: Alert) -> Alert:
    return replace(
        alert,
        labels=redact_json(dict(alert.labels))[0],
        annotations=redact_json(dict(alert.annotations))[0],
        generator_url=redact(alert.generator_url).text,
    )


def _group_key(group_key: str) -> str:
    done = redact(group_key)
    if not done.count:
        return group_key
    return f"{done.text}~{sha256(group_key.encode()).hexdigest()[:16]}"
