"""Read what an Alertmanager, or something like one, posts to the webhook.

Written for version 4 and tolerant of the rest: only a body that can never be understood is refused,
because an Alertmanager does not send again what was refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from awooop.clock import now as current_time
from awooop.json_body import is_deeper
from runs.alertmanager import fingerprints, times
from runs.alertmanager.model import FIRING, RESOLVED, Alert, Notification
from runs.alertmanager.storable import as_text, storable

# Stands for a start that was not given; see `Alert`.
UNKNOWN_START = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_ERRORS = 20
_MAX_FINGERPRINT = 64
_MAX_COUNT = 2**31 - 1
_BOM = "\ufeff"
_MAX_DEPTH = 500


class NotUnderstood(ValueError):
    """A body that no repetition makes understandable; `errors` are `{"field", "message"}`."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__("; ".join(f"{error['field']}: {error['message']}" for error in errors))
        self.errors = errors


def parse(body: bytes | str, *, now: datetime | None = None) -> Notification:
    """Answer the notification in `body`; raises NotUnderstood.

    `now` (default: the clock's) decides only whether an alert without any status is over.
    """
    try:
        return _notification(_alerts_checked(_decoded(body)), now or current_time())
    except RecursionError:
        raise NotUnderstood([_error("body", "is nested too deeply")]) from None


def _error(field: str, message: str) -> dict[str, str]:
    return {"field": field, "message": message}


def _decoded(body: bytes | str) -> Any:
    # Bytes that are no UTF-8 become U+FFFD, as in Go's decoder, whose habits senders rely on.
    text = body if isinstance(body, str) else bytes(body).decode("utf-8", "replace")
    try:
        # Numbers stay the text that was sent: exact, and never too long to convert.
        value = json.loads(
            text.removeprefix(_BOM), parse_int=str, parse_float=str, parse_constant=str
        )
    except ValueError as exc:
        raise NotUnderstood([_error("body", f"is not JSON: {exc}")]) from exc
    # From Python 3.14 on the parser takes thousands of levels, which nothing after it would.
    if text.count("[") + text.count("{") > _MAX_DEPTH and is_deeper(value, _MAX_DEPTH):
        raise RecursionError
    return value


def _alerts_checked(payload: Any) -> dict[str, Any]:
    if not isinstance(payload, dict):
        raise NotUnderstood([_error("body", "must be an object")])
    alerts = payload.get("alerts")
    if not isinstance(alerts, list) or not alerts:
        raise NotUnderstood([_error("alerts", "must be a list of at least one alert")])
    errors = [error for index, alert in enumerate(alerts) if (error := _fault(index, alert))]
    if errors:
        raise NotUnderstood(errors[:_MAX_ERRORS])
    return payload


def _fault(index: int, alert: Any) -> dict[str, str] | None:
    if not isinstance(alert, dict):
        return _error(f"alerts[{index}]", "must be an object")
    if not isinstance(alert.get("labels"), dict):
        return _error(f"alerts[{index}].labels", "must be an object")
    return None


def _notification(payload: dict[str, Any], now: datetime) -> Notification:
    stated = _status(payload.get("status"))
    alerts = tuple(_alert(alert, stated, now) for alert in payload["alerts"])
    group_labels = _texts(payload.get("groupLabels"))
    common_labels = _texts(payload.get("commonLabels"))
    return Notification(
        version=as_text(payload.get("version")),
        group_key=as_text(payload.get("groupKey"))
        or _group_key(group_labels, common_labels, alerts),
        receiver=as_text(payload.get("receiver")),
        status=stated or _status_of_group(alerts),
        external_url=as_text(payload.get("externalURL")),
        truncated_alerts=_count(payload.get("truncatedAlerts")),
        group_labels=group_labels,
        common_labels=common_labels,
        common_annotations=_texts(payload.get("commonAnnotations")),
        alerts=alerts,
    )


def _alert(given: dict[str, Any], group_status: str | None, now: datetime) -> Alert:
    labels = _texts(given["labels"])
    starts_at = times.parse(given.get("startsAt"))
    ends_at = times.parse(given.get("endsAt"))
    fingerprint = _bounded(as_text(given.get("fingerprint")).strip())
    return Alert(
        status=_status(given.get("status")) or group_status or _status_by_end(ends_at, now),
        labels=labels,
        annotations=_texts(given.get("annotations")),
        starts_at=starts_at or UNKNOWN_START,
        starts_at_known=starts_at is not None,
        ends_at=ends_at,
        generator_url=as_text(given.get("generatorURL")),
        fingerprint=fingerprint or fingerprints.of_labels(labels),
        fingerprint_computed=not fingerprint,
    )


def _texts(value: Any) -> dict[str, str]:
    """A label set: values as text, without those that are null."""
    if not isinstance(value, dict):
        return {}
    return {storable(name): as_text(item) for name, item in value.items() if item is not None}


def _status(value: Any) -> str | None:
    word = value.strip().lower() if isinstance(value, str) else None
    return word if word in {FIRING, RESOLVED} else None


def _status_by_end(ends_at: datetime | None, now: datetime) -> str:
    return RESOLVED if ends_at is not None and ends_at <= now else FIRING


def _status_of_group(alerts: Sequence[Alert]) -> str:
    return FIRING if any(alert.is_firing for alert in alerts) else RESOLVED


def _count(value: Any) -> int:
    # A number arrives as its text (see `_decoded`).
    digits = value.strip() if isinstance(value, str) else ""
    if not (digits.isascii() and digits.isdecimal()):
        return 0
    return min(int(digits[:20]), _MAX_COUNT)


def _bounded(fingerprint: str) -> str:
    if len(fingerprint) <= _MAX_FINGERPRINT:
        return fingerprint
    return hashlib.sha256(fingerprint.encode()).hexdigest()


def _group_key(
    group_labels: Mapping[str, str], common_labels: Mapping[str, str], alerts: Sequence[Alert]
) -> str:
    """A key for a sender that gives none, written as Alertmanager writes its own.

    Without group labels the group is what its alerts have in common: one alert is then a group of
    its own, so that the end of one never closes the incident of another.
    """
    labels = group_labels or common_labels or _shared(alerts)
    if labels:
        pairs = ", ".join(f"{name}={_quoted(labels[name])}" for name in sorted(labels))
        return f"{{}}:{{{pairs}}}"
    members = ",".join(sorted({alert.fingerprint for alert in alerts}))
    return f"{{}}:{{}}:{hashlib.sha256(members.encode()).hexdigest()}"


def _shared(alerts: Sequence[Alert]) -> dict[str, str]:
    first, *rest = alerts
    return {
        name: value
        for name, value in first.labels.items()
        if all(alert.labels.get(name) == value for alert in rest)
    }


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
