"""A notification as we understood it: what was sent, in our types, safe to store."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from awooop.canonical import rfc3339
from runs import incident_ids
from runs.alertmanager import fingerprints, wording

FIRING, RESOLVED = "firing", "resolved"
GROUP_FINGERPRINT_LENGTH = 255


@dataclass(frozen=True)
class Alert:
    """One alert of a notification. Strings hold neither NUL nor lone surrogates.

    `starts_at` is 1970-01-01 where the sender gave none (`starts_at_known` is then false): each
    episode of such an alert has one and the same `occurrence_id`. `ends_at` is None while open.
    """

    status: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: datetime
    starts_at_known: bool
    ends_at: datetime | None
    generator_url: str
    fingerprint: str
    fingerprint_computed: bool

    @property
    def is_firing(self) -> bool:
        """Whether the alert's own status says that it fires."""
        return self.status == FIRING

    @property
    def occurrence_id(self) -> str:
        """Fingerprint and start: the same for each re-sending, firing or resolved (at most 92)."""
        return f"{self.fingerprint}:{rfc3339(self.starts_at)}"

    @property
    def name(self) -> str:
        """The `alertname`, or an empty string."""
        return self.labels.get("alertname", "")

    @property
    def title(self) -> str:
        """One line for people, at most 255 characters."""
        return wording.title(self.labels, wording.summary(self.annotations))

    @property
    def severity(self) -> str:
        """`critical`, `warning` or `info`."""
        return wording.severity(self.labels)

    @property
    def runbook_url(self) -> str:
        """The http(s) address of the runbook, or an empty string."""
        return wording.runbook_url(self.annotations, self.labels)

    @property
    def incident_ids(self) -> list[str]:
        """Incident ids that labels and annotations mention, each once."""
        texts = [*self.labels.values(), *self.annotations.values()]
        return incident_ids.find("\n".join(texts))

    def as_json(self) -> dict[str, Any]:
        """Answer the alert in Alertmanager's own form, for the stored envelope."""
        return {
            "status": self.status,
            "labels": dict(self.labels),
            "annotations": dict(self.annotations),
            "startsAt": rfc3339(self.starts_at) if self.starts_at_known else None,
            "endsAt": rfc3339(self.ends_at) if self.ends_at else None,
            "generatorURL": self.generator_url,
            "fingerprint": self.fingerprint,
        }


@dataclass(frozen=True)
class Notification:
    """What one webhook call says about one group. `alerts` is never empty, in the order sent."""

    version: str
    group_key: str
    receiver: str
    status: str
    external_url: str
    truncated_alerts: int
    group_labels: Mapping[str, str]
    common_labels: Mapping[str, str]
    common_annotations: Mapping[str, str]
    alerts: tuple[Alert, ...]

    @cached_property
    def occurrences(self) -> tuple[Alert, ...]:
        """The alerts, one for each occurrence id, in the order of their first appearance.

        Of the same labels sent as firing and as resolved, resolved holds. Where a sender gives
        different labels the same fingerprint, the occurrence fires as long as one of them does.
        """
        grouped: dict[str, list[Alert]] = {}
        for alert in self.alerts:
            grouped.setdefault(alert.occurrence_id, []).append(alert)
        return tuple(_one_of(same) for same in grouped.values())

    @property
    def is_firing(self) -> bool:
        """Whether anything of what was sent fires; alerts say so themselves."""
        return any(alert.is_firing for alert in self.occurrences)

    @property
    def is_resolved(self) -> bool:
        """Whether the whole group is over: no alert fires, nor does what was cut off the list."""
        return self.status == RESOLVED and not self.is_firing

    @property
    def group_fingerprint(self) -> str:
        """The group key in at most 255 characters; a longer one ends in its SHA-256."""
        if len(self.group_key) <= GROUP_FINGERPRINT_LENGTH:
            return self.group_key
        digest = hashlib.sha256(self.group_key.encode()).hexdigest()
        return self.group_key[: GROUP_FINGERPRINT_LENGTH - len(digest) - 1] + "~" + digest

    @property
    def title(self) -> str:
        """One line for the group's incident, at most 255 characters."""
        common = wording.summary(self.common_annotations)
        lead = self._leading[0]
        labels = {**lead.labels, **self.common_labels, **self.group_labels}
        if common:
            return wording.title(labels, common)
        others = len(self._leading) - 1 + self.truncated_alerts
        return wording.title(labels, wording.summary(lead.annotations), others)

    @property
    def severity(self) -> str:
        """The most serious severity among what fires (among all, where nothing does)."""
        return wording.worst(alert.severity for alert in self._leading)

    @property
    def runbook_url(self) -> str:
        """The runbook of the group, else of the first alert that has one, or an empty string."""
        urls = [wording.runbook_url(self.common_annotations, self.common_labels)]
        urls += [alert.runbook_url for alert in self._leading]
        return next(filter(None, urls), "")

    @property
    def incident_ids(self) -> list[str]:
        """Incident ids that any of the alerts mentions, each once."""
        return list(dict.fromkeys(ident for alert in self.alerts for ident in alert.incident_ids))

    @cached_property
    def _leading(self) -> tuple[Alert, ...]:
        firing = tuple(alert for alert in self.occurrences if alert.is_firing)
        return firing or self.occurrences


def _one_of(same: list[Alert]) -> Alert:
    if len(same) == 1:
        return same[0]
    by_labels: dict[str, Alert] = {}
    for alert in same:
        key = fingerprints.of_labels(alert.labels)
        if key not in by_labels or not alert.is_firing:
            by_labels[key] = alert
    held = list(by_labels.values())
    return next((alert for alert in held if alert.is_firing), held[0])
