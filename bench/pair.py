"""`python -m bench.pair --data-dir DIR`: one web server and cluster, then two, on one PostgreSQL.

The database of a kept world (`make bench KEEP=1`) is given to each by DATABASE_URL, as an external
one is; each has a data directory of its own. What one does of reads and of verdicts is compared
with what two do, and approvals that are overdue are left to both clusters' sweeps.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

SECONDS, CLIENTS, SWEPT_WITHIN_S = 10.0, 8, 180.0
_LEFT = """
select count(*) filter (where status = 'pending'), count(*) filter (where status = 'expired')
  from runs_approval where requested_at = %s
"""
_DRAFTS = """
select count(*), count(distinct source_path) from knowledge_knowledgeentry
 where source = 'incident' and created_at >= %s
"""


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.pair", description=__doc__)
    parser.add_argument("--data-dir", required=True, help="that of a kept world")
    parser.add_argument("--runs", type=int, default=10_000, help="how many runs it has")
    parser.add_argument("--end", required=True, help="when its history ends (ISO 8601)")
    parser.add_argument("--port", type=int, default=8113, help="the first server's port")
    given = parser.parse_args()
    os.environ |= {"AWOOOP_DATA_DIR": given.data_dir, "LOG_LEVEL": "ERROR"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "awooop.settings"
    import django

    django.setup()
    sys.stdout.write(json.dumps(_measure(given), indent=2) + "\n")


def _measure(given: argparse.Namespace) -> dict[str, Any]:
    from bench import people, run, whole
    from bench.measures.measure import Measure
    from bench.measures.writes import question
    from bench.scale import Scale
    from bench.world import World

    world = World(Scale(given.runs), whole.moment(given.end))
    runner = run.Runner(world, people.callers_of(world), given.port)
    key = runner.headers(Measure("", ""))
    found: dict[str, Any] = {}
    for count in (1, 2, 1, 2):
        with ExitStack() as running:
            ports = [given.port + place for place in range(count)]
            for port in ports:
                running.enter_context(_server(port))
            own = run.hold_a_run(runner)
            verdict = json.dumps(question(own)).encode()
            rates = found.setdefault(f"{count} of each, requests a second", {})
            for name, asked in (
                ("runs list", ("GET", "/api/v1/platform/runs", None)),
                ("gateway verdict", ("POST", "/api/v1/platform/mcp/authorize", verdict)),
            ):
                rates.setdefault(name, []).append(_rate(ports, key, asked))
            if count == 2 and "sweep" not in found:
                found["sweep"] = _sweep(world)
    return found


def _server(port: int) -> Any:
    from django.db import connection

    from bench import server

    connection.ensure_connection()
    info = connection.connection.info
    url = f"postgres://{info.user}@/{info.dbname}?host={quote(info.host, safe='')}&port={info.port}"
    folder = Path(tempfile.mkdtemp(prefix="awooop-pair-"))
    env = {"AWOOOP_DATA_DIR": str(folder), "DATABASE_URL": url, "SECRET_KEY": "of a bench " * 6}
    return server.running(port, cluster=True, env=env)


def _rate(ports: list[int], key: Any, asked: tuple[str, str, bytes | None]) -> dict[str, float]:
    """Ask from as many clients at once as they take; answers requests a second, p95 and errors."""
    from bench import server
    from bench.timing import Times

    taken: list[float] = []
    errors, end = [0], time.perf_counter() + SECONDS

    def ask(port: int) -> None:
        client = server.Client(port, key)
        while (began := time.perf_counter()) < end:
            status, _ = client.ask(*asked)
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
    made = tasks.make_overdue(world)
    with load.owner(world) as connection:
        (at,) = connection.execute(
            "select max(requested_at) from runs_approval where requested_by = 'agent'"
        ).fetchone()
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
