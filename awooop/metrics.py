"""The registry of what `/metrics` exports beside requests: each app contributes `metrics.py`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import product

from django.db import connection
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from awooop import counters, tenancy
from awooop.models import Stop, TaskHeartbeat
from awooop.models.stop import StopScope
from awooop.schedules import SCHEDULES

Source = Callable[[], Iterable[Metric]]
_sources: dict[str, Source] = {}
_asked_about: ContextVar[tuple[str, ...] | None] = ContextVar("awooop_metrics", default=None)
_counters: dict[str, CounterName] = {}


@dataclass(frozen=True)
class CounterName:
    """A running total's name without `_total`, its help, its label names, and what starts at 0."""

    name: str
    help: str
    labels: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def expected(self, projects: tuple[str, ...]) -> set[tuple[str, ...]]:
        """Answer the label sets that are there before anything was counted."""
        if not self.values:
            return set()
        known = {"project_id": projects, **self.values}
        return set(product(*(known[label] for label in self.labels)))


def source(function: Source) -> Source:
    """Register a function that answers metric families; raises ValueError for a second of the
    name."""
    name = f"{function.__module__}.{function.__name__}"
    if name in _sources:
        raise ValueError(f"{name} is registered already")
    _sources[name] = function
    return function


def counter(
    name: str,
    help_text: str,
    labels: tuple[str, ...] = (),
    *,
    values: Mapping[str, tuple[str, ...]] | None = None,
) -> CounterName:
    """Declare a running total that `awooop.counters` keeps; raises ValueError for a second.

    With `values` of each label (but `project_id`) every project's totals are exported from 0 on:
    PromQL's `increase` does not see a series' first value.
    """
    if name in _counters:
        raise ValueError(f"{name} is declared already")
    _counters[name] = CounterName(name, help_text, labels, values or {})
    return _counters[name]


class _Collected:
    """What prometheus_client's writer wants: something with `collect()`."""

    def collect(self) -> Iterable[Metric]:
        yield from _totals()
        for function in _sources.values():
            yield from function()


def exposition() -> str:
    """Answer the database's metrics in the text format, the same from any process."""
    token = _asked_about.set(tenancy.project_ids())
    try:
        return generate_latest(_Collected()).decode()
    finally:
        _asked_about.reset(token)


def projects() -> tuple[str, ...]:
    """Answer the projects that the metrics are about: asked once for all sources."""
    known = _asked_about.get()
    return tenancy.project_ids() if known is None else known


def _totals() -> list[Metric]:
    about = projects()
    found: dict[str, dict[tuple[str, ...], float]] = {
        name: dict.fromkeys(sorted(declared.expected(about)), 0.0)
        for name, declared in _counters.items()
    }
    for name, labels, value in counters.read():
        if name in found:
            order = tuple(str(labels.get(label, "")) for label in _counters[name].labels)
            found[name][order] = float(value)
    return [_family(_counters[name], samples) for name, samples in found.items()]


def _family(declared: CounterName, samples: Mapping[tuple[str, ...], float]) -> Metric:
    family = CounterMetricFamily(declared.name, declared.help, labels=declared.labels)
    for labels, value in samples.items():
        family.add_metric(labels, value)
    return family


@source
def task_heartbeats() -> Iterable[Metric]:
    """When each kind of background task last succeeded, and how often it failed."""
    success = GaugeMetricFamily(
        "awooop_task_last_success_timestamp_seconds",
        "When the task last succeeded (Unix time).",
        labels=["task"],
    )
    failures = CounterMetricFamily(
        "awooop_task_failures", "Failed runs of a task.", labels=["task"]
    )
    interval = GaugeMetricFamily(
        "awooop_task_interval_seconds", "How often the task is to run.", labels=["task"]
    )
    for beat in TaskHeartbeat.objects.order_by("kind"):
        if beat.last_success_at:
            success.add_metric([beat.kind], beat.last_success_at.timestamp())
        failures.add_metric([beat.kind], float(beat.failures))
    for schedule in SCHEDULES:
        interval.add_metric([schedule.name], schedule.minutes * 60.0)
    yield from (success, failures, interval)


@source
def disk_room() -> Iterable[Metric]:
    """Whether the database can write."""
    family = GaugeMetricFamily(
        "awooop_database_has_disk_room", "1 while the database's disk takes more, else 0."
    )
    with connection.cursor() as cursor:
        cursor.execute("select awooop_has_disk_room()")
        family.add_metric([], float(cursor.fetchone()[0]))
    yield family


@source
def open_stops() -> Iterable[Metric]:
    """What the kill switch holds back now; those of every project have no project's name."""
    family = GaugeMetricFamily(
        "awooop_stops_active",
        "Open stops of the kill switch (project_id empty: of every project).",
        labels=["project_id", "scope"],
    )
    found = Counter(Stop.objects.filter(lifted_at=None).values_list("project_id", "scope"))
    expected = [(None, StopScope.ALL), *((one, StopScope.PROJECT) for one in projects())]
    for project_id, scope in [*expected, *(one for one in found if one not in expected)]:
        family.add_metric([project_id or "", str(scope)], found[project_id, str(scope)])
    yield family
