"""A busy hour, pressed into a short while: alerts, agents and operators at once, with the cluster.

The rates are those of an hour in which 1,000 alerts a minute come in groups of ten, agents ask the
gateway before each tool and report in lists, and twenty operators look at a page every few seconds.
"""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench import server
from bench.measures import writes
from bench.timing import Times

OPERATORS = 20
_SEC_PER_LOOK = 5.0


@dataclass(frozen=True)
class Stream:
    """One kind of request that comes at a rate, over so many connections."""

    name: str
    per_second: float
    connections: int
    method: str
    path: str
    headers: Mapping[str, str]
    body: Callable[[int], Any] | None = None


@dataclass
class Seen:
    """What the streams saw: seconds by stream, and answers that were no answers."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    late: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    lock: threading.Lock = field(default_factory=threading.Lock)


def streams(key: Mapping[str, str], session: Mapping[str, str], own: str) -> list[Stream]:
    """Answer what comes in."""
    looks = OPERATORS / _SEC_PER_LOOK / 2
    api = "/api/v1/platform"
    return [
        Stream("Alertmanager webhook (10 alerts)", 1_000 / 60 / 10, 2, "POST",
               "/api/v1/webhooks/alertmanager", key, lambda n: writes.alerts(10)),
        Stream("gateway verdict", 40, 4, "POST", f"{api}/mcp/authorize", key,
               lambda n: writes.question(own)),
        Stream("100 steps in a list", 2, 2, "POST", f"{api}/runs/{own}/steps", key,
               lambda n: writes.steps(100)),
        Stream("approvals page", looks, 4, "GET", "/awooop/approvals", session),
        Stream("runs page", looks, 4, "GET", "/awooop/runs", session),
    ]  # fmt: skip


def run(port: int, given: list[Stream], seconds: float) -> dict[str, Any]:
    """Send the streams for so long; answers p50, p95, errors and late requests of each."""
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
    return {stream.name: _summed(stream, seen, seconds) for stream in given}


def _send(port: int, stream: Stream, place: int, end: float, seen: Seen) -> None:
    """Send one connection's share, each request at its time; what waits too long counts as late."""
    client = server.Client(port, stream.headers)
    gap = stream.connections / stream.per_second
    due, number = time.perf_counter() + gap * place / stream.connections, place
    while due < end:
        time.sleep(max(0.0, due - time.perf_counter()))
        is_late = time.perf_counter() > due + gap
        body = json.dumps(stream.body(number)).encode() if stream.body else None
        began = time.perf_counter()
        try:
            status, _ = client.ask(stream.method, stream.path, body)
        except OSError:
            status = 599
        taken = time.perf_counter() - began
        with seen.lock:
            seen.seconds[stream.name].append(taken)
            seen.errors[stream.name] += status >= 400
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
    }
