"""Which open incidents concern a drifted resource: asked by governance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Q

from governance.drift import incidents
from governance.models import DriftFingerprint
from runs.models import Incident, IncidentStatus

# Labels by which alerts name a workload's namespace (kube-state-metrics and its exporters).
_NAMESPACE = ("namespace", "exported_namespace", "kubernetes_namespace")


def register() -> None:
    """Offer it to governance; called once, when the app is ready."""
    incidents.contribute(open_on)


def open_on(drifts: Sequence[DriftFingerprint]) -> dict[object, list[str]]:
    """Answer the open incidents whose labels name a drift's namespace and its resource, by the
    drift's id: one statement."""
    if not drifts:
        return {}
    wanted = Q()
    for project, namespace in {(drift.project_id, drift.namespace) for drift in drifts}:
        for label in _NAMESPACE:
            wanted |= Q(project_id=project, labels__contains={label: namespace})
    rows = Incident.objects.filter(wanted).exclude(status=IncidentStatus.RESOLVED)
    found: dict[object, list[str]] = defaultdict(list)
    for incident in rows.order_by("-opened_at", "-incident_id"):
        for drift in drifts:
            if _concerns(incident, drift):
                found[drift.pk].append(incident.incident_id)
    return dict(found)


def _concerns(incident: Incident, drift: DriftFingerprint) -> bool:
    """Whether the labels name the resource, or a pod of it (`api` and `api-5d9c-x2x`)."""
    labels = incident.labels
    if incident.project_id != drift.project_id:
        return False
    if drift.namespace not in [labels.get(name) for name in _NAMESPACE]:
        return False
    name = drift.resource.rsplit("/", 1)[-1]
    return any(
        value == name or str(value).startswith(f"{name}-")
        for key, value in labels.items()
        if key not in _NAMESPACE
    )
