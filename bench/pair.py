"""`python -m bench.pair`: one web server, then two, on one PostgreSQL, each with a core of its own.

Server 1 is held to core 0 and server 2 to core 1, PostgreSQL and the clients to the others, so that
one machine of four cores shows what a second machine would bring. The database is given to each by
DATABASE_URL, as an external one is; each has a data directory of its own. What one does of lists
and of verdicts is compared with what two do; then approvals that are overdue are left to the
sweeps of both clusters.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.__main__ import PORT, RUNS, data_dir
from bench.server import ROOT

SECONDS, CLIENTS, TURNS, SWEPT_WITHIN_S = 10.0, 8, 3, 180.0
LIST, VERDICT = "runs list", "gateway verdict"
_LEFT = """
select count(*) filter (where status = 'pending'), count(*) filter (where status = 'expired')
  from runs_approval where requested_at = %s
"""
_DRAFTS = """
select count(*), count(distinct source_path) from knowledge_knowledgeentry
 where source = 'incident' and created_at >= %s
"""
Asked = tuple[str, str, bytes | None]


def main() -> None:
    """Measure, write the JSON, print a short report."""
    parser = argparse.ArgumentParser(prog="python -m bench.pair", description=__doc__)
    parser.add_argument("--data-dir", default="", help="that of a kept world (default: a new one)")
    parser.add_argument("--runs", type=int, default=RUNS, help="how many runs it has")
    parser.add_argument("--end", default="", help="when its history ends (ISO 8601)")
    parser.add_argument("--port", type=int, default=PORT, help="the first server's port")
    parser.add_argument("--unpinned", action="store_true", help="leave all cores to everybody")
    parser.add_argument("--results", default=str(ROOT / "build" / "bench"), help="folder")
    given = parser.parse_args()
    with data_dir(given.data_dir, keep=bool(given.data_dir)) as folder:
        os.environ |= {"AWOOOP_DATA_DIR": str(folder), "LOG_LEVEL": "ERROR"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "awooop.settings"
        from bench import whole

        whole.prepare()
        import django

        django.setup()
        found = _measure(given)
    path = Path(given.results) / "pair.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n")
    sys.stdout.write(report(found))


def cores_of(there_are: Collection[int], *, unpinned: bool) -> tuple[list[set[int]], set[int]]:
    """Answer the cores of each server, and those of PostgreSQL and the clients.

    Raises ValueError where there are fewer than three: nothing could be told apart.
    """
    if unpinned:
        return [set(), set()], set()
    first, second, *others = sorted(there_are)
    if not others:
        raise ValueError("three cores are needed: one for each server, one for PostgreSQL")
    return [{first}, {second}], set(others)


def report(found: Mapping[str, Any]) -> str:
    """Answer the result as Markdown: medians of the turns."""
    cores = found["cores"]
    held = (
        f"server 1 on core {cores['servers'][0]}, server 2 on {cores['servers'][1]}, PostgreSQL "
        f"and clients on {cores['others']}"
        if cores["others"]
        else "nothing is held to a core"
    )
    lines = [
        f"{found['runs']:,} runs, {CLIENTS} clients, {TURNS} turns of {SECONDS:g} s; {held}; load "
        f"average {found['load_average']} at the end.",
        "",
        "| requests/s | one server | two servers | two to one | p95 ms, one | two | errors |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, turns in found["rates"].items():
        one, two = (_middle(turns[count], "rate") for count in ("1", "2"))
        late = [_middle(turns[count], "p95_ms") for count in ("1", "2")]
        wrong = sum(each["errors"] for count in ("1", "2") for each in turns[count])
        lines.append(
            f"| {name} | {one} | {two} | {two / one:.2f} | {late[0]} | {late[1]} | {wrong} |"
        )
    said = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in found["sweep"].items())
    return "\n".join([*lines, "", f"Two clusters sweep: {said}."]) + "\n"


def _middle(turns: Sequence[Mapping[str, float]], name: str) -> float:
    return round(statistics.median(each[name] for each in turns), 1)


def _measure(given: argparse.Namespace) -> dict[str, Any]:
    from bench import load, people, pinning, run, whole
    from bench.scale import Scale
    from bench.world import World

    servers, others = cores_of(os.sched_getaffinity(0), unpinned=given.unpinned)
    world = World(Scale(given.runs), whole.moment(given.end))
    if whole.is_empty():
        load.load(world, lambda said: None)
    runner = run.Runner(world, people.callers_of(world), given.port)
    with load.owner(world) as connection, ExitStack() as held:
        held.enter_context(pinning.database(connection.info.backend_pid, others))
        held.enter_context(pinning.here(others))
        rates = _rates(runner, servers)
        with _servers(given.port, servers, cluster=True):
            sweep = _sweep(world)
    return {
        "runs": given.runs,
        "cores": {"servers": [sorted(each) for each in servers], "others": sorted(others)},
        "load_average": round(os.getloadavg()[0], 1),
        "rates": rates,
        "sweep": sweep,
    }


def _rates(runner: Any, servers: Sequence[Collection[int]]) -> dict[str, dict[str, list[Any]]]:
    """Answer what one server does and what two do, in turns."""
    from bench import run
    from bench.measures.measure import Measure
    from bench.measures.writes import question

    key = runner.headers(Measure("", ""))
    found: dict[str, dict[str, list[Any]]] = {name: {"1": [], "2": []} for name in (LIST, VERDICT)}
    for _ in range(TURNS):
        for count in (1, 2):
            with _servers(runner.port, servers[:count], cluster=False):
                verdict = json.dumps(question(run.hold_a_run(runner))).encode()
                asked: dict[str, Asked] = {
                    LIST: ("GET", "/api/v1/platform/runs", None),
                    VERDICT: ("POST", "/api/v1/platform/mcp/authorize", verdict),
                }
                ports = [runner.port + place for place in range(count)]
                for name, one in asked.items():
                    found[name][str(count)].append(_rate(ports, key, one))
    return found


def _servers(port: int, cores: Sequence[Collection[int]], *, cluster: bool) -> ExitStack:
    """Run a server for each set of cores, of one process each, until the answer is closed."""
    with ExitStack() as running:
        for place, each in enumerate(cores):
            folder = running.enter_context(tempfile.TemporaryDirectory(prefix="awooop-pair-"))
            running.enter_context(_server(port + place, each, folder, cluster=cluster))
        return running.pop_all()


def _server(port: int, cores: Collection[int], folder: str, *, cluster: bool) -> Any:
    from django.db import connection

    from bench import server

    connection.ensure_connection()
    info = connection.connection.info
    url = f"postgres://{info.user}@/{info.dbname}?host={quote(info.host, safe='')}&port={info.port}"
    env = {"AWOOOP_DATA_DIR": folder, "DATABASE_URL": url, "SECRET_KEY": "of a bench " * 6}
    return server.running(port, cluster=cluster, env=env, processes=1, cores=cores)


def _rate(ports: list[int], key: Any, asked: Asked) -> dict[str, float]:
    """Ask from as many clients at once as they take; answers requests a second, p95 and errors."""
    from bench import server
    from bench.timing import Times

    taken: list[float] = []
    errors, end = [0], time.perf_counter() + SECONDS

    def ask(port: int) -> None:
        client = server.Client(port, key)
        while (began := time.perf_counter()) < end:
            try:
                status, _ = client.ask(*asked)
            except (OSError, http.client.HTTPException):  # the next request connects anew
                errors[0] += 1
                continue
            taken.append(time.perf_counter() - began)
            errors[0] += status >= 400

    clients = [
        threading.Thread(target=ask, args=(ports[place % len(ports)],)) for place in range(CLIENTS)
    ]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    return {"rate": round(len(taken) / SECONDS, 1), "p95_ms": Times.of(taken).p95,
            "errors": errors[0]}  # fmt: skip


def _sweep(world: Any) -> dict[str, Any]:
    """Let both clusters' sweeps find what is overdue; answers what became of it."""
    from awooop.clock import now
    from bench import load, tasks

    since = now()
    made = tasks.make_overdue(world, since)
    at = since - tasks.ASKED_BEFORE
    with load.owner(world) as connection:
        end = time.monotonic() + SWEPT_WITHIN_S
        pending, expired = made, 0
        while pending and time.monotonic() < end:
            time.sleep(2)
            pending, expired = connection.execute(_LEFT, [at]).fetchone()
        drafts, different = connection.execute(_DRAFTS, [since]).fetchone()
    return {"overdue": made, "expired": expired, "left": pending, "drafts": drafts,
            "different_drafts": different}  # fmt: skip


if __name__ == "__main__":
    main()
