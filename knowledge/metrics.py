"""What knowledge contributes to `/metrics`: the names that the SLI rules read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from awooop import counters, metrics
from awooop.clock import now
from awooop.metrics import source
from knowledge.actions.writing import TOTAL
from knowledge.models import EntryStatus, KnowledgeEntry


@source
def entries() -> Iterable[Metric]:
    """How many entries there are by status.

    A gauge in spite of its name, which the rules fix: entries change their status. It comes of the
    running totals, so that it costs the same at a million entries as at ten.
    """
    family = GaugeMetricFamily(
        "knowledge_entries_total", "Knowledge entries.", labels=("project_id", "status")
    )
    found = {
        (labels.get("project_id"), labels.get("status")): value
        for name, labels, value in counters.read()
        if name == TOTAL
    }
    for project_id in metrics.projects():
        for status in EntryStatus.values:
            family.add_metric([project_id, status], float(found.get((project_id, status), 0)))
    yield family


@source
def entries_created() -> Iterable[Metric]:
    """How many entries were made in the last 24 hours: an index answers, of that day only."""
    family = GaugeMetricFamily(
        "knowledge_entries_created_24h",
        "Knowledge entries made in the last 24 hours.",
        labels=("project_id",),
    )
    projects = metrics.projects()
    rows = KnowledgeEntry.objects.filter(
        project_id__in=projects, created_at__gte=now() - timedelta(hours=24)
    )
    found = dict(rows.order_by().values_list("project_id").annotate(count=Count("pk")))
    for project_id in projects:
        family.add_metric([project_id], found.get(project_id, 0))
    yield family
