"""Measure one world: statements and rows in this process, times over HTTP from the real server."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from itertools import count
from typing import Any
from uuid import uuid4

import psycopg

from bench import measures, people, pinning, server, timing
from bench.load import owner
from bench.measures.measure import ALL, KEY, SESSION, Measure
from bench.measures.writes import WORKER
from bench.world import World

_TIMES, _SECONDS = 40, 2.5
_EMPTY = "/healthz"


@dataclass(frozen=True)
class Result:
    """What one measure came to; floors in milliseconds (None: there is none to compare with)."""

    name: str
    p50: float
    p95: float
    count: int
    goal_ms: float | None
    statements: int | None = None
    rows: int | None = None
    scanned: tuple[str, ...] = ()
    floor_sql: float | None = None
    floor_empty: float | None = None
    kib: float | None = None
    cpu_ms: float | None = None
    records: int = 1

    @property
    def ratio(self) -> float | None:
        """Our median over the sum of the floors'."""
        if self.floor_sql is None or not self.floor_empty:
            return None
        return round(self.p50 / (self.floor_sql + self.floor_empty), 1)

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met, where there is one."""
        return None if self.goal_ms is None else self.p95 <= self.goal_ms

    @property
    def per_second(self) -> float:
        """Records a second, one client."""
        return round(1000 * self.records / self.p50, 0) if self.p50 else 0.0

    def as_dict(self) -> dict[str, Any]:
        """Answer it for JSON."""
        return {**asdict(self), "ratio": self.ratio, "is_met": self.is_met}


class Runner:
    """Measures against one server."""

    def __init__(self, world: World, who: people.Callers, port: int) -> None:
        self.world, self.port = world, port
        bearer = {KEY: who.key, ALL: who.key_of_all}
        self._headers = {
            name: {"Authorization": f"Bearer {key}"} for name, key in bearer.items()
        } | {SESSION: {"Cookie": f"sessionid={who.session}"}}
        self._cursors = cursors(world)

    def path(self, measure: Measure) -> str:
        """Answer the path with the cursors put in."""
        path = measure.path
        for name, text in self._cursors.items():
            path = path.replace(f"{{{name}}}", text)
        return path

    def headers(self, measure: Measure) -> Mapping[str, str]:
        """Answer who asks."""
        return self._headers.get(measure.who, {})

    def client(self, measure: Measure) -> server.Client:
        """Answer a connection for a measure."""
        return server.Client(self.port, self.headers(measure))


def inside(runner: Runner, measure: Measure) -> dict[str, Any]:
    """Answer statements, rows read and tables scanned of a read, asked within this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(
        raise_request_exception=False,
        headers=dict(runner.headers(measure)),
        SERVER_NAME="127.0.0.1",
    )
    path = runner.path(measure)
    status = client.get(path).status_code  # and fill this process's caches
    if status != 200:
        raise RuntimeError(f"{measure.name}: {path} answered {status}")
    connection.ensure_connection()
    raw = connection.connection
    rows = timing.rows_read(raw, lambda: client.get(path))
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return {"statements": len(captured), "rows": rows.read, "scanned": rows.scanned}


def hold_a_run(runner: Runner) -> str:
    """Queue a run and claim it, as an agent's worker does; answers its id."""
    client = server.Client(runner.port, runner.headers(Measure("", "")))
    client.ask("POST", "/api/v1/platform/runs", json.dumps({"agent_id": WORKER}).encode())
    claim = json.dumps({"agent_id": WORKER, "worker_id": "bench"}).encode()
    status, text = client.ask("POST", "/api/v1/platform/runs/claim", claim)
    if status != 200:
        raise RuntimeError(f"no run could be claimed: {status} {text[:300]!r}")
    return str(json.loads(text)["run_id"])


def over_http(runner: Runner, measure: Measure) -> Result:
    """Answer the times of one measure; raises RuntimeError where it is not answered with 2xx."""
    client, numbers, sizes = runner.client(measure), count(), []

    def ask() -> None:
        number = next(numbers)
        path = runner.path(measure)
        if measure.subjects:
            path = path.replace("{n}", measure.subjects[number])
        body = json.dumps(measure.body(number)).encode() if measure.body else None
        status, text = client.ask(measure.method, path, body)
        if status >= 300:
            raise RuntimeError(f"{measure.name}: {status} {text[:300]!r}")
        sizes.append(len(text))

    times = timing.repeat(ask, times=_TIMES, seconds=_SECONDS)
    return Result(
        measure.name, times.p50, times.p95, times.count, measure.goal_ms,
        kib=round(max(sizes) / 1024, 1), records=measure.records,
    )  # fmt: skip


def floor(connection: psycopg.Connection, measure: Measure) -> float | None:
    """Answer the median of the best single statement, prepared, its rows fetched."""
    if not measure.floor:
        return None

    def ask() -> None:
        connection.execute(measure.floor, measure.given, prepare=True).fetchall()

    return timing.repeat(ask, times=_TIMES, seconds=1.0).p50


def cursors(world: World) -> dict[str, str]:
    """Answer the cursors of the last pages of the first project."""
    from awooop import tenancy
    from runs.models import Run
    from runs.selectors.runs import NEWEST

    project = world.projects[0]
    with tenancy.scope([project]):
        rows = Run.objects.filter(project_id=project).order_by("created_at", "run_id")
        every = rows[min(50, rows.count() - 1)]
        failed = rows.filter(state="failed")
        of_failed = failed[min(50, failed.count() - 1)]
    return {"last": _cursor(NEWEST, every), "last_failed": _cursor(NEWEST, of_failed)}


def _cursor(ordering: Any, row: Any) -> str:
    from django.core import signing

    values = ["n", row.created_at.isoformat(), str(row.pk)]
    return signing.dumps(values, salt=f"awooop.cursor.{ordering.name}")


def measure_all(
    world: World,
    port: int,
    tell: Callable[[Result], None],
    only: str = "",
    lenient: bool = False,
    pins: pinning.Pins = pinning.ANYWHERE,
) -> tuple[list[Result], dict[str, Any]]:
    """Answer the results of all measures (whose name contains `only`), and the memory."""
    passing = contextlib.suppress(RuntimeError) if lenient else contextlib.nullcontext()
    runner = Runner(world, people.callers_of(world), port)
    reads = [one for one in measures.reads(world) if only in one.name]
    looked: dict[str, dict[str, Any]] = {}
    for one in reads:
        with passing:
            looked[one.name] = inside(runner, one)
    results: list[Result] = []

    def keep(one: Measure, **more: Any) -> None:
        before = server.cpu_ms(pid, database)
        timed = over_http(runner, one)
        spent = (server.cpu_ms(pid, database) - before) / (timed.count + timing.WARM)
        results.append(Result(**{**asdict(timed), "cpu_ms": round(spent, 1), **more}))
        tell(results[-1])

    running = server.running(port, cluster=False, cores=pins.measured)
    with running as pid, owner(world) as connection, pinning.here(pins.clients):
        database = connection.info.backend_pid
        empty = _empty_ms(port)
        memory = {"before": server.memory_mib(pid)}
        for one in reads:
            with passing:
                keep(one, **looked.get(one.name, {}), floor_sql=floor(connection, one),
                     floor_empty=empty)  # fmt: skip
        own = str(uuid4())
        with passing:
            own = hold_a_run(runner)
        for one in measures.changes(world, own):
            with passing:
                if only in one.name:
                    keep(one, floor_empty=empty)
        memory["after"] = server.memory_mib(pid)
    return results, {"memory_mib": memory, "empty_ms": empty}


def _empty_ms(port: int) -> float:
    """Answer the median of a view that does nothing."""
    client = server.Client(port)
    asked = timing.repeat(lambda: client.ask("GET", _EMPTY), times=_TIMES * 3, seconds=_SECONDS)
    return asked.p50
