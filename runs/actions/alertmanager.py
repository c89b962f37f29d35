"""Take an Alertmanager's notification: understand it, find its projects, write all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import structlog
from django.db import transaction

from awooop import permissions
from awooop.callers import Caller
from awooop.errors import Conflict, Invalid, NotFound, Refused, Unavailable
from runs.actions import alert_events, alert_groups, alert_refusals
from runs.actions.alert_groups import Made
from runs.alertmanager import parsing
from runs.alertmanager.model import FIRING, RESOLVED, Alert, Notification

PROJECT_LABEL = "project_id"
_ATTEMPTS = 5
_MAX_ERRORS = 20
# A body of 5 MiB can hold a hundred thousand alerts of a few bytes; a real one about five thousand.
MAX_ALERTS = 5_000
log = structlog.get_logger(__name__)


def receive(*, by: Caller, body: bytes) -> Made:
    """Store a notification and answer what it made.

    Raises Invalid for a body that can never be understood or names no project, NotFound for a
    project that the caller may not see, Conflict for one that is not active: what is refused so is
    kept as a refused event. Raises Unavailable for what a repetition cures.
    """
    try:
        notification = parsing.parse(body)
    except parsing.NotUnderstood as fault:
        refused = Invalid(fault.errors)
        _keep(by, body, refused, None)
        raise refused from fault
    try:
        return _take(by, _bounded(notification))
    except (Invalid, NotFound, Conflict) as refused:
        _keep(by, body, refused, notification)
        raise


def _keep(by: Caller, body: bytes, refused: Refused, notification: Notification | None) -> None:
    named = {by.home_project} if by.home_project else set()
    if not named and notification is not None:
        named = {_project_of(alert, notification) for alert in notification.alerts}
    kept = alert_refusals.keep(
        by=by,
        project_ids=named.intersection(by.projects),
        channel_type=alert_events.CHANNEL,
        body=body,
        reason=refused.detail,
        errors=refused.errors,
    )
    refused.extra["kept_as"] = [str(event_id) for event_id in kept]


def _take(by: Caller, notification: Notification) -> Made:
    for _ in range(_ATTEMPTS):
        try:
            with transaction.atomic():
                return _write(by, notification)
        except alert_groups.Overtaken:
            log.info("alert_notification_overtaken", group=notification.group_fingerprint)
    raise Unavailable("Other notifications about the same alerts came at once. Try again.")


def _write(by: Caller, notification: Notification) -> Made:
    made = Made(truncated=notification.truncated_alerts)
    for project_id, part in _parts(by, notification):
        permissions.check_can_write(by, "ingest", project_id)
        part = alert_events.redacted(part)
        alert_groups.take(by=by, project_id=project_id, notification=part, made=made)
    return made


def _bounded(notification: Notification) -> Notification:
    """Cut a very long list as Alertmanager does, but what fires stays before what is over."""
    alerts = notification.occurrences
    over = len(alerts) - MAX_ALERTS
    if over <= 0:
        return notification
    log.warning("alerts_cut_off", group=notification.group_fingerprint, alerts=over)
    kept = sorted(alerts, key=lambda alert: not alert.is_firing)[:MAX_ALERTS]
    cut_off = notification.truncated_alerts + over
    return replace(notification, alerts=tuple(kept), truncated_alerts=cut_off)


def _parts(by: Caller, notification: Notification) -> Iterator[tuple[str, Notification]]:
    """Answer the notification for each project, in order: of the key, or of the alerts' labels."""
    if by.home_project:
        yield by.home_project, notification
        return
    named = [_project_of(alert, notification) for alert in notification.alerts]
    _check_named(by, named)
    for project_id in sorted(set(named)):
        of_project = zip(notification.alerts, named, strict=True)
        alerts = tuple(alert for alert, name in of_project if name == project_id)
        yield project_id, _part(notification, alerts)


def _project_of(alert: Alert, notification: Notification) -> str:
    places = (alert.labels, notification.common_labels, notification.group_labels)
    return next((found for labels in places if (found := labels.get(PROJECT_LABEL))), "")


def _check_named(by: Caller, named: list[str]) -> None:
    errors = [
        {
            "field": f"alerts[{index}].labels.{PROJECT_LABEL}",
            "message": "must name the project: this key is for every project",
        }
        for index, project_id in enumerate(named)
        if not project_id
    ]
    if errors:
        raise Invalid(errors[:_MAX_ERRORS])
    if not set(named) <= set(by.projects):
        raise NotFound(f"The label {PROJECT_LABEL} names no project, or none that you may see.")


def _part(notification: Notification, alerts: tuple[Alert, ...]) -> Notification:
    if len(alerts) == len(notification.alerts):
        return notification
    # The group's own status is about all projects together; what was cut off may be of any.
    firing = any(alert.is_firing for alert in alerts) or notification.truncated_alerts
    is_over = notification.status == RESOLVED or not firing
    return replace(notification, alerts=alerts, status=RESOLVED if is_over else FIRING)
