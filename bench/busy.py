"""A busy hour, pressed into a short while: alerts, agents and operators at once, with the cluster.

The rates are those of an hour in which 1,000 alerts a minute come in groups of ten, agents ask the
gateway before each tool and report in lists, and twenty operators look at a page every few seconds.
"""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from bench import reconcile, server
from bench.measures import writes
from bench.timing import Times

OPERATORS = 20
_SEC_PER_LOOK = 5.0
_API = "/api/v1/platform"


@dataclass(frozen=True)
class Stream:
    """One kind of request that comes at a rate, over so many connections.

    `counts` names the rows that `reconcile` looks for afterwards, `idle` the measure of the same
    request asked alone.
    """

    name: str
    per_second: float
    connections: int
    headers: Mapping[str, str]
    send: Callable[[server.Client, int], int]
    counts: str = ""
    idle: str = ""


@dataclass
class Seen:
    """What the streams saw: seconds by stream, and answers that were no answers."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    late: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    done: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    lock: threading.Lock = field(default_factory=threading.Lock)


def streams(
    key: Mapping[str, str], session: Mapping[str, str], own: str, waiting: Sequence[str]
) -> list[Stream]:
    """Answer what comes in; `own` is a run that the key's worker holds, `waiting` are runs that
    wait for a decision."""
    looks = OPERATORS / _SEC_PER_LOOK / 2

    def hook(n: int) -> Any:
        return writes.alerts(reconcile.ALERTS)

    def steps(n: int) -> Any:
        return writes.steps(reconcile.STEPS)

    def decide(client: server.Client, n: int) -> int:
        body = {"decision": "approve", "reason": "a busy hour"}
        return _post(client, f"{_API}/approvals/{waiting[n]}/decide", body)

    return [
        Stream("Alertmanager webhook (10 alerts)", 1_000 / 60 / 10, 2, key,
               _posts("/api/v1/webhooks/alertmanager", hook), "alerts",
               "Alertmanager webhook, a group of 10"),
        Stream("gateway verdict", 40, 4, key,
               _posts(f"{_API}/mcp/authorize", lambda n: writes.question(own)), "verdicts",
               "gateway verdict"),
        Stream("100 steps in a list", 2, 2, key, _posts(f"{_API}/runs/{own}/steps", steps),
               "steps"),
        Stream("a run's life (5 requests)", 2, 4, key, _live, "runs"),
        Stream("decision", min(1.0, len(waiting) / 100), 2, key, decide, "decisions",
               "decision on an approval"),
        Stream("approvals page", looks, 4, session, _looks("/awooop/approvals"), "",
               "approvals inbox, page"),
        Stream("runs page", looks, 4, session, _looks("/awooop/runs"), "",
               "runs page of 20 projects"),
    ]  # fmt: skip


def _post(client: server.Client, path: str, body: Any) -> int:
    return client.ask("POST", path, json.dumps(body).encode())[0]


def _posts(path: str, body: Callable[[int], Any]) -> Callable[[server.Client, int], int]:
    return lambda client, n: _post(client, path, body(n))


def _looks(path: str) -> Callable[[server.Client, int], int]:
    return lambda client, n: client.ask("GET", path)[0]


def _live(client: server.Client, n: int) -> int:
    """Let an agent's worker queue a run, claim it, say that it lives, report a step, and end it."""
    agent, run = f"busy-{uuid4()}", str(uuid4())
    worker = {"worker_id": agent}
    asked = (
        ("", {"run_id": run, "agent_id": agent}),
        ("/claim", {"agent_id": agent, **worker}),
        (f"/{run}/heartbeat", worker),
        (f"/{run}/steps", {"step_seq": 1, "tool_name": "kubernetes.get", "latency_ms": 12}),
        (f"/{run}/transition", {"state": "completed", **worker}),
    )
    return max(_post(client, f"{_API}/runs{path}", body) for path, body in asked)


def run(port: int, given: list[Stream], seconds: float) -> tuple[dict[str, Any], dict[str, int]]:
    """Send the streams for so long; answers what came of each (p50, p95, errors, late requests),
    and how many were acknowledged by what they count as."""
    seen, end = Seen(), time.perf_counter() + seconds
    threads = [
        threading.Thread(target=_send, args=(port, stream, place, end, seen), daemon=True)
        for stream in given
        for place in range(stream.connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 60)
    done = {stream.counts: seen.done[stream.name] for stream in given if stream.counts}
    return {stream.name: _summed(stream, seen, seconds) for stream in given}, done


def _send(port: int, stream: Stream, place: int, end: float, seen: Seen) -> None:
    """Send one connection's share, each request at its time; what waits too long counts as late."""
    client = server.Client(port, stream.headers)
    gap = stream.connections / stream.per_second
    due, number = time.perf_counter() + gap * place / stream.connections, place
    while due < end:
        time.sleep(max(0.0, due - time.perf_counter()))
        is_late = time.perf_counter() > due + gap
        began = time.perf_counter()
        try:
            status = stream.send(client, number)
        except OSError:
            status = 599
        taken = time.perf_counter() - began
        with seen.lock:
            seen.seconds[stream.name].append(taken)
            seen.errors[stream.name] += status >= 400
            seen.done[stream.name] += status < 400
            seen.late[stream.name] += is_late
        due += gap
        number += stream.connections


def _summed(stream: Stream, seen: Seen, seconds: float) -> dict[str, Any]:
    taken = seen.seconds[stream.name]
    times = Times.of(taken or [0.0])
    return {
        "asked_per_second": round(stream.per_second, 1),
        "answered_per_second": round(len(taken) / seconds, 1),
        "p50": times.p50,
        "p95": times.p95,
        "errors": seen.errors[stream.name],
        "late": seen.late[stream.name],
        "idle": stream.idle,
    }
