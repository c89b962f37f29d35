"""One whole measurement: a fresh database, a world, the measures, the busy hour."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import busy, load, people, pinning, reconcile, report, run, server, tasks
from bench.measures import writes
from bench.measures.measure import KEY, SESSION, Measure
from bench.scale import Scale
from bench.world import World

BUSY = "a busy hour"
BUSY_S = {10_000: 10.0}
_BUSY_S = 60.0


def prepare() -> None:
    """Migrate, and collect the static files, in the data directory of the environment."""
    for command in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput", "-v", "0"]):
        subprocess.run([sys.executable, str(server.ROOT / "manage.py"), *command], check=True)


def measure(
    runs: int,
    port: int,
    tell: Callable[[str], None],
    *,
    only: str = "",
    end: str = "",
    lenient: bool = False,
    pins: pinning.Pins = pinning.ANYWHERE,
) -> dict[str, Any]:
    """Load a world where there is none yet, measure it, and answer what `report` writes.

    `pins` says which cores the server, the cluster and the database have, and which the client.
    `lenient` passes over measures that fail: an older revision does not have every address.
    """
    world = World(Scale(runs), moment(end))
    load_s = 0.0
    if is_empty():
        tell(f"loading {runs:,} runs")
        load_s = load.load(world, tell)
    with (
        load.owner(world) as connection,
        pinning.database(connection.info.backend_pid, pins.measured),
    ):
        results, about = run.measure_all(
            world, port, lambda one: tell(_said(one)), only, lenient, pins
        )
        if not only and not lenient:
            with pinning.here(pins.measured):
                results += tasks.measure(world)
        if only in BUSY and not lenient:
            tell(BUSY)
            about |= _busy(world, port, pins)
    return report.as_dict(
        results,
        {
            "runs": runs,
            "seed": world.scale.seed,
            "end": world.end.isoformat(),
            "load_s": round(load_s, 1),
            "database_mib": _size_mib(),
            "machine": report.machine(),
            "pinned": pins.as_dict() if pins.measured else None,
            **about,
        },
    )


def moment(text: str = "") -> datetime:
    """Answer when the history ends: as given, else the hour that has begun."""
    if text:
        return datetime.fromisoformat(text)
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def _said(one: run.Result) -> str:
    missed = "" if one.is_met is not False else f" (goal {one.goal_ms:g})"
    return f"{one.name}: {one.p50} ms, p95 {one.p95}{missed}"


def _busy(world: World, port: int, pins: pinning.Pins) -> dict[str, Any]:
    runner = run.Runner(world, people.callers_of(world), port)
    seconds = BUSY_S.get(world.scale.runs, _BUSY_S)
    project = world.projects[0]
    running = server.running(port, cluster=True, cores=pins.measured)
    with running as pid, load.owner(world) as connection, pinning.here(pins.clients):
        key, session = (runner.headers(Measure("", "", who=who)) for who in (KEY, SESSION))
        own = run.hold_a_run(runner)
        waiting = writes.waiting(world)
        before, deadlocks = server.memory_mib(pid), reconcile.deadlocks(connection)
        since = datetime.now(UTC)
        streams = busy.streams(key, session, own, waiting)
        found, acknowledged = busy.run(port, streams, seconds)
        return {
            "busy": found,
            "memory_busy_mib": {"before": before, "after": server.memory_mib(pid)},
            "reconciled": reconcile.compared(
                connection, acknowledged, project=project, own=own, since=since
            ),
            "deadlocks": reconcile.deadlocks(connection) - deadlocks,
            "audit_chain_is_whole": reconcile.chain_is_whole(project),
        }


def is_empty() -> bool:
    """Whether no world is loaded yet."""
    from awooop import tenancy
    from awooop.models import Project

    with tenancy.registry():
        return not Project.objects.exists()


def _size_mib() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pg_database_size(current_database())")
        return int(cursor.fetchone()[0] // 2**20)


def data_dir() -> Path:
    """Answer the data directory that the environment names."""
    return Path(os.environ["AWOOOP_DATA_DIR"])
