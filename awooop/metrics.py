"""The registry of what `/metrics` exports beside requests: each app contributes `metrics.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product

from django.conf import settings
from django.db import connection
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.utils import floatToGoString

from awooop import clock, counters, tenancy
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


def exposition() -> str:
    """Answer the database's metrics in the text format, the same from any process."""
    token = _asked_about.set(tenancy.project_ids())
    try:
        return "".join(map(written, collected()))
    finally:
        _asked_about.reset(token)


def collected() -> Iterator[Metric]:
    """Answer the families of metrics: counters and gauges."""
    yield from _totals()
    for function in _sources.values():
        yield from function()


def written(family: Metric) -> str:
    """Answer a counter or a gauge as prometheus_client's `generate_latest` writes it.

    That one checks each name of each sample anew, and a scrape has thousands. Raises ValueError
    for a family of another kind.
    """
    if family.type not in ("counter", "gauge"):
        raise ValueError(f"{family.name}: only counters and gauges are written")
    name = f"{family.name}_total" if family.type == "counter" else family.name
    about = family.documentation.replace("\\", r"\\").replace("\n", r"\n")
    lines = [f"# HELP {name} {about}\n# TYPE {name} {family.type}\n"]
    for sample in family.samples:
        pairs = [f'{label}="{_quoted(text)}"' for label, text in sorted(sample.labels.items())]
        labels = f"{{{','.join(pairs)}}}" if pairs else ""
        lines.append(f"{sample.name}{labels} {floatToGoString(sample.value)}\n")
    return "".join(lines)


def _quoted(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


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
def clock_offset() -> Iterable[Metric]:
    """How far the clock of who answers is off."""
    yield GaugeMetricFamily(
        "awooop_clock_behind_seconds",
        "How far the clock of the web server is behind the database's (ahead: negative); 0 where "
        "they agree within a second.",
        value=clock.behind(),
    )


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
    """What the kill switch holds back now, and since when; those of every project have no
    project's name."""
    labels = ["project_id", "scope"]
    count = GaugeMetricFamily(
        "awooop_stops_active",
        "Open stops of the kill switch (project_id empty: of every project).",
        labels=labels,
    )
    age = GaugeMetricFamily(
        "awooop_stops_oldest_age_seconds",
        "For how long the oldest open stop of the kill switch has been open; 0: there is none.",
        labels=labels,
    )
    open_ones = Stop.objects.filter(lifted_at=None)
    found: dict[tuple[str | None, str], list[datetime]] = {
        (None, str(StopScope.ALL)): [],
        **{(one, str(StopScope.PROJECT)): [] for one in projects()},
    }
    for project_id, scope, since in open_ones.values_list("project_id", "scope", "stopped_at"):
        found.setdefault((project_id, scope), []).append(since)
    at = clock.now()
    for (project_id, scope), since in found.items():
        named = [project_id or "", scope]
        count.add_metric(named, len(since))
        age.add_metric(named, (at - min(since)).total_seconds() if since else 0)
    yield count
    yield age


_UNANCHORED = """
select head.project_id, head.seq - coalesce(last.seq, 0),
       coalesce(extract(epoch from %(at)s - first.created_at), 0)::float8
  from awooop_audithead head
  left join lateral (
    select seq from awooop_auditanchor where project_id = head.project_id
     order by number desc limit 1) last on true
  left join awooop_auditrecord first
    on first.project_id = head.project_id and first.seq = coalesce(last.seq, 0) + 1
 where head.project_id = any (%(projects)s)
"""


@source
def not_anchored() -> Iterable[Metric]:
    """How much of each audit chain no anchor holds yet."""
    count = GaugeMetricFamily(
        "awooop_audit_unanchored_records",
        "Audit records since the last anchor of their chain.",
        labels=["project_id"],
    )
    age = GaugeMetricFamily(
        "awooop_audit_unanchored_age_seconds",
        "For how long the first of them has waited for an anchor; 0: none waits.",
        labels=["project_id"],
    )
    found = dict.fromkeys(projects(), (0, 0.0))
    with connection.cursor() as cursor:
        cursor.execute(_UNANCHORED, {"at": clock.now(), "projects": list(found)})
        found |= {project_id: (records, waits) for project_id, records, waits in cursor.fetchall()}
    for project_id, (records, waits) in found.items():
        count.add_metric([project_id], records)
        age.add_metric([project_id], max(0.0, waits))
    yield count
    yield age
    yield GaugeMetricFamily(
        "awooop_audit_anchor_interval_seconds",
        "How long a chain that has grown waits for its next anchor (AUDIT_ANCHOR_MINUTES).",
        value=60 * settings.AUDIT_ANCHOR_MINUTES,
    )
