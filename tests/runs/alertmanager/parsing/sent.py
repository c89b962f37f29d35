"""Notifications as an Alertmanager sends them, for tests of how they are read."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from runs.alertmanager.parsing import parse

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
START = "2026-11-20T10:00:00Z"


def alert(**changes):
    given = {
        "status": "firing",
        "labels": {"alertname": "DiskFull", "instance": "db1", "severity": "critical"},
        "annotations": {"summary": "disk 91%"},
        "startsAt": START,
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus/graph",
    }
    return _changed(given, changes)


def payload(*alerts, **changes):
    given = {
        "version": "4",
        "groupKey": '{}:{alertname="DiskFull"}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "awooop",
        "groupLabels": {"alertname": "DiskFull"},
        "commonLabels": {"alertname": "DiskFull"},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager:9093",
        "alerts": list(alerts) or [alert()],
    }
    return json.dumps(_changed(given, changes))


def _changed(given, changes):
    given = given | changes
    return {name: value for name, value in given.items() if value is not ...}


def parsed(*alerts, **changes):
    return parse(payload(*alerts, **changes), now=NOW)


def only(**changes):
    return parsed(alert(**changes)).alerts[0]
