"""How fast a running console authorizes: a fixed rate of calls, and how long each answer took.

    bench/gateway.py --url http://127.0.0.1:8000 --key awp_… --agent sre-agent --tool kubectl.get

Makes a run, claims it and asks for reads at `--rate` a second. The time of an answer counts from
when its request was due, so that a server that falls behind cannot hide it. Two floors are taken
in the same run: `asked` only finds the caller (a run that nobody knows), `written` is the least
write there is (a heartbeat: one row, one commit).
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

GOAL_P95_MS, GOAL_RATE = 15.0, 200.0


class Client:
    """A connection of each thread to the console."""

    def __init__(self, url: str, key: str) -> None:
        self.place = urlsplit(url)
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self.local = threading.local()

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """POST JSON; answers the status and the parsed body."""
        if not hasattr(self.local, "connection"):
            host, port = self.place.hostname or "127.0.0.1", self.place.port
            self.local.connection = http.client.HTTPConnection(host, port, timeout=30)
        text, connection = json.dumps(body), self.local.connection
        try:
            connection.request("POST", f"/api/v1/platform{path}", text, self.headers)
            answer = connection.getresponse()
        except (http.client.HTTPException, BrokenPipeError, ConnectionResetError):
            connection.close()  # the server closed it meanwhile
            connection.request("POST", f"/api/v1/platform{path}", text, self.headers)
            answer = connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content else None


def measure(
    client: Client, path: str, body: dict[str, Any], given: argparse.Namespace, wanted: int = 200
) -> dict[str, float]:
    """Ask at the given rate; answers what the answers' times in ms come to."""
    count = int(given.rate * given.seconds)
    begun = time.perf_counter() + 0.2

    def one(number: int) -> float:
        due = begun + number / given.rate
        time.sleep(max(0.0, due - time.perf_counter()))
        status, said = client.post(path, body)
        if status != wanted:
            raise SystemExit(f"{status}: {said}")
        return (time.perf_counter() - due) * 1000

    with ThreadPoolExecutor(given.clients) as pool:
        times = list(pool.map(one, range(count)))
    return summary(times, count / (time.perf_counter() - begun))


def summary(times: list[float], rate: float) -> dict[str, float]:
    """Answer what the times come to."""
    cuts = statistics.quantiles(times, n=100)
    return {
        "calls": len(times),
        "rate": round(rate, 1),
        "p50_ms": round(cuts[49], 2),
        "p95_ms": round(cuts[94], 2),
        "p99_ms": round(cuts[98], 2),
    }


def main() -> None:
    """Measure, and print the result as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--url", "--key", "--agent", "--tool"):
        parser.add_argument(name, required=True)
    parser.add_argument("--rate", type=float, default=GOAL_RATE)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--clients", type=int, default=8)
    given = parser.parse_args()
    client = Client(given.url, given.key)
    run_id, agent = str(uuid.uuid4()), given.agent
    client.post("/runs", {"run_id": run_id, "agent_id": agent})
    held = None
    while held != run_id:  # older runs of the agent may wait before it
        status, said = client.post("/runs/claim", {"agent_id": agent, "worker_id": "bench"})
        if status != 200:
            raise SystemExit(f"the run was not handed out: {status} {said}")
        held = said["run_id"]
    body = {"run_id": run_id, "agent_id": agent, "tool_name": given.tool, "required_scope": "read"}
    ask, nobody = "/mcp/authorize", {**body, "run_id": str(uuid.uuid4())}
    measure(client, ask, body, argparse.Namespace(**{**vars(given), "seconds": 2}))  # warm up
    found = {
        "asked": measure(client, ask, nobody, given, wanted=404),
        "written": measure(client, f"/runs/{run_id}/heartbeat", {}, given),
        "authorize": measure(client, ask, body, given),
        "goal": {"rate": GOAL_RATE, "p95_ms": GOAL_P95_MS},
    }
    client.post(f"/runs/{run_id}/transition", {"state": "completed"})
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
