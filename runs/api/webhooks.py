"""Where other systems post to us in their own words."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Status

from awooop.rest import INGEST, PROBLEMS
from runs.actions import alertmanager
from runs.api.base import router
from runs.schemas.outputs_webhooks import AlertmanagerOut

_EXAMPLE: dict[str, Any] = {
    "version": "4",
    "groupKey": '{}:{alertname="DiskFull"}',
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "awooop",
    "groupLabels": {"alertname": "DiskFull"},
    "commonLabels": {"alertname": "DiskFull", "instance": "db1", "severity": "critical"},
    "commonAnnotations": {"summary": "disk 91% full"},
    "externalURL": "http://alertmanager.example:9093",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "DiskFull", "instance": "db1", "severity": "critical"},
            "annotations": {"summary": "disk 91% full"},
            "startsAt": "2026-11-20T10:00:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.example/graph",
            "fingerprint": "7cbc758c8eabe174",
        }
    ],
}
_BODY = {
    "requestBody": {
        "required": True,
        "description": "A notification as Alertmanager posts it (version 4). Only `alerts` and"
        " their `labels` are demanded; unknown keys are passed over.",
        "content": {
            "application/json": {
                "schema": {"type": "object", "required": ["alerts"]},
                "example": _EXAMPLE,
            }
        },
    }
}


@router.post(
    "/webhooks/alertmanager",
    response={202: AlertmanagerOut, **PROBLEMS},
    auth=INGEST,
    tags=["webhooks"],
    openapi_extra=_BODY,
)
def post_alertmanager(request: HttpRequest):
    """Take a notification: store its alerts, open, recur or close their group's incident.

    Of the key's project; for an all-project key, of the one that the label `project_id` names.
    """
    made = alertmanager.receive(by=request.caller, body=request.body)
    return Status(202, asdict(made))
