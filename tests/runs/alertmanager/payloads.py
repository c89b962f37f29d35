"""Notifications for tests, as an Alertmanager writes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

PATH = "/webhooks/alertmanager"
START = "2026-11-20T10:00:00Z"
LATER = "2026-11-20T11:00:00Z"
ZERO = "0001-01-01T00:00:00Z"
END = "2026-11-20T10:30:00Z"


def alert(
    instance: str = "db1", *, status: str = "firing", starts_at: str | None = START, **changes: Any
) -> dict[str, Any]:
    """Answer one alert of the group `DiskFull`; `...` leaves a key out."""
    given = {
        "status": status,
        "labels": {"alertname": "DiskFull", "instance": instance, "severity": "warning"},
        "annotations": {"summary": f"disk of {instance} 91%"},
        "startsAt": starts_at if starts_at is not None else ...,
        "endsAt": END if status == "resolved" else ZERO,
        "generatorURL": "http://prometheus/graph",
        **changes,
    }
    return {name: value for name, value in given.items() if value is not ...}


def resolved(instance: str = "db1", **changes: Any) -> dict[str, Any]:
    """Answer the end of the same alert."""
    return alert(instance, status="resolved", **changes)


def notification(*alerts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Answer a notification of the group `DiskFull`; `...` leaves a key out."""
    listed = list(alerts) or [alert()]
    firing = any(one.get("status") != "resolved" for one in listed)
    given = {
        "version": "4",
        "groupKey": '{}:{alertname="DiskFull"}',
        "truncatedAlerts": 0,
        "status": "firing" if firing else "resolved",
        "receiver": "awooop",
        "groupLabels": {"alertname": "DiskFull"},
        "commonLabels": {"alertname": "DiskFull"},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager:9093",
        "alerts": listed,
        **changes,
    }
    return {name: value for name, value in given.items() if value is not ...}


def many(count: int, prefix: str = "db") -> Iterable[dict[str, Any]]:
    """Answer firing alerts of as many instances."""
    return [alert(f"{prefix}{number}") for number in range(count)]
