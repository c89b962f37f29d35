"""The registry of what `/metrics` exports beside requests: each app contributes `metrics.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from awooop import counters
from awooop.models import TaskHeartbeat

Source = Callable[[], Iterable[Metric]]
_sources: dict[str, Source] = {}
_counters: dict[str, CounterName] = {}


@dataclass(frozen=True)
class CounterName:
    """A running total's name without `_total`, its help and its label names."""

    name: str
    help: str
    labels: tuple[str, ...]


def source(function: Source) -> Source:
    """Register a function that answers metric families; raises ValueError for a second of the
    name."""
    name = f"{function.__module__}.{function.__name__}"
    if name in _sources:
        raise ValueError(f"{name} is registered already")
    _sources[name] = function
    return function


def counter(name: str, help_text: str, labels: tuple[str, ...] = ()) -> CounterName:
    """Declare a running total that `awooop.counters` keeps; raises ValueError for a second."""
    if name in _counters:
        raise ValueError(f"{name} is declared already")
    _counters[name] = CounterName(name, help_text, labels)
    return _counters[name]


class _Collected:
    """What prometheus_client's writer wants: something with `collect()`."""

    def collect(self) -> Iterable[Metric]:
        yield from _totals()
        for function in _sources.values():
            yield from function()


def exposition() -> str:
    """Answer the database's metrics in the text format, the same from any process."""
    return generate_latest(_Collected()).decode()


def _totals() -> list[Metric]:
    families = {
        name: CounterMetricFamily(name, declared.help, labels=declared.labels)
        for name, declared in _counters.items()
    }
    for name, labels, value in counters.read():
        if name in families:
            order = [str(labels.get(label, "")) for label in _counters[name].labels]
            families[name].add_metric(order, float(value))
    return list(families.values())


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
    for beat in TaskHeartbeat.objects.order_by("kind"):
        if beat.last_success_at:
            success.add_metric([beat.kind], beat.last_success_at.timestamp())
        failures.add_metric([beat.kind], float(beat.failures))
    yield success
    yield failures
