"""What governance contributes to `/metrics`."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from awooop import metrics
from awooop.metrics import counter, source
from governance.models import ACTIVE, Dispatch, GovernanceEvent
from governance.severities import Severity

counter("awooop_governance_events_opened", "Events opened.", ("project_id", "event_type"))
counter("awooop_governance_events_resolved", "Events resolved.", ("project_id", "event_type"))
counter("awooop_self_checks", "Self-checks asked, by result.", ("check", "result"))
counter("awooop_drift_reported", "Drift reported, by result.", ("project_id", "result"))
counter("awooop_self_check_lease_failures", "Self-checks that ran without their lease.")


@source
def open_events() -> Iterable[Metric]:
    """Unresolved events by severity, and active dispatches: both by partial indexes."""
    projects = metrics.projects()
    events = GaugeMetricFamily(
        "awooop_governance_events_open", "Unresolved events.", labels=("project_id", "severity")
    )
    rows = GovernanceEvent.objects.filter(project_id__in=projects, resolved=False).order_by()
    counts = {
        (project, severity): count
        for project, severity, count in rows.values_list("project_id", "severity").annotate(
            count=Count("pk")
        )
    }
    for project in projects:
        for severity in Severity:
            events.add_metric([project, severity.value], counts.get((project, severity), 0))
    yield events
    yield _active_dispatches(projects)


def _active_dispatches(projects: tuple[str, ...]) -> Metric:
    family = GaugeMetricFamily(
        "awooop_dispatches_active",
        "Dispatches that wait or are under way.",
        labels=("project_id", "executor_type"),
    )
    rows = Dispatch.objects.filter(project_id__in=projects, dispatch_status__in=ACTIVE).order_by()
    for project, kind, count in rows.values_list("project_id", "executor_type").annotate(
        count=Count("pk")
    ):
        family.add_metric([project, kind], count)
    return family
