"""A whole agent in one file, with Python's standard library only.

It claims a run, looks, asks the gateway before each tool call, asks a person before the one that
changes something, does it, and reports what it did and how it was verified.

    AWOOOP_URL=http://127.0.0.1:8000 AWOOOP_KEY=awp_… python agent.py disk-agent
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.request
from typing import Any

PASSING = (429, 502, 503, 504)
TRIES = 5


class Refused(Exception):
    """The console said no; `problem` is its RFC 9457 document, whose `code` is for programs."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(f"{problem.get('code')}: {problem.get('detail')}")
        self.problem = problem


class Console:
    """The API, with retries: every call here is safe to repeat."""

    def __init__(self, url: str, key: str) -> None:
        self._url, self._key = f"{url}/api/v1", key

    def post(self, path: str, body: dict[str, Any] | list[Any]) -> Any:
        """Answer what the console says, None for a 204; raises Refused."""
        return self._ask("POST", path, json.dumps(body).encode())

    def get(self, path: str) -> Any:
        """Answer what the console says; raises Refused."""
        return self._ask("GET", path, None)

    def _ask(self, method: str, path: str, body: bytes | None) -> Any:
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        request = urllib.request.Request(  # noqa: S310 - the console's own address
            self._url + path, data=body, headers=headers, method=method
        )
        for attempt in range(TRIES):
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                    return json.loads(answer.read() or b"null")
            except urllib.error.HTTPError as error:
                if error.code not in PASSING or attempt == TRIES - 1:
                    raise Refused(json.loads(error.read() or b"{}")) from None
                time.sleep(float(error.headers.get("Retry-After") or 2**attempt))
        raise AssertionError("the loop returns or raises")


def digest(arguments: dict[str, Any]) -> str:
    """Answer the digest that binds a permission to these very arguments (docs/gateway.md)."""
    text = json.dumps(
        arguments, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(text.encode()).hexdigest()


class Agent:
    """Works off the runs that are queued for it, one after the other."""

    def __init__(self, console: Console, agent_id: str, worker_id: str = "worker-1") -> None:
        self.console, self.agent_id, self.worker_id = console, agent_id, worker_id

    def claim(self) -> dict[str, Any] | None:
        """Answer the oldest run that waits for this agent, now ours; None where none does."""
        mine = {"agent_id": self.agent_id, "worker_id": self.worker_id}
        return self.console.post("/platform/runs/claim", mine)

    def may_call(self, run_id: str, tool: str, scope: str, **more: Any) -> dict[str, Any]:
        """Ask the gateway. Call the tool only where `allowed` is true."""
        wanted = {"run_id": run_id, "agent_id": self.agent_id, "tool_name": tool}
        wanted |= {"required_scope": scope, **more}
        return self.console.post("/platform/mcp/authorize", wanted)

    def look(self, run_id: str) -> str:
        """Read how full the disk is, if the gateway lets us."""
        verdict = self.may_call(run_id, "disk.usage", "read")
        if not verdict["allowed"]:
            raise Refused({"code": verdict["block_gate"], "detail": verdict["block_reason"]})
        found = "95 % of /var used"  # the tool itself: a call of an MCP server, in real life
        outcome = {"outcome": "success", "latency_ms": 12}
        self.console.post(f"/platform/mcp/calls/{verdict['call_id']}/result", outcome)
        step = {"step_seq": 1, "tool_name": "disk.usage", "summary": found}
        self.console.post(f"/platform/runs/{run_id}/steps", step)
        return found

    def ask(self, run_id: str, arguments: dict[str, Any]) -> None:
        """Ask people for the repair: the run waits until one of them has decided."""
        self.console.post(
            f"/platform/runs/{run_id}/approval-requests",
            {
                "tool_name": "disk.clean",
                "suggested_action": "Delete rotated logs older than 7 days",
                "risk_level": "medium",
                "arguments": arguments,
                "expires_in_s": 1800,
            },
        )

    def wait(self, run_id: str, every_s: float = 5) -> str:
        """Answer the run's state once nobody is waited for: running, or cancelled, or timed_out."""
        while (state := self.console.get(f"/platform/runs/{run_id}")["run"]["state"]) == (
            "waiting_approval"
        ):
            time.sleep(every_s)
        return state

    def repair(self, run_id: str, arguments: dict[str, Any]) -> bool:
        """Use up the person's token on exactly what was approved; answers whether it was done."""
        worker = {"worker_id": self.worker_id}
        token = self.console.post(f"/platform/runs/{run_id}/approval-token", worker)
        shown = {"approval_token": token["approval_token"], "arguments_digest": digest(arguments)}
        verdict = self.may_call(run_id, "disk.clean", "write", **shown)
        if verdict["allowed"]:
            outcome = {"outcome": "success", "latency_ms": 840}  # the tool itself
            self.console.post(f"/platform/mcp/calls/{verdict['call_id']}/result", outcome)
        return verdict["allowed"]

    def report(self, run: dict[str, Any], *, done: bool) -> None:
        """Say what was done and how it was verified, and end the run."""
        run_id, incident = run["run_id"], (run["trigger_ref"] or "").partition(" ")[0]
        if incident.startswith("INC-"):
            execution = {"run_id": run_id, "success": done, "human_approved": True}
            self.console.post(f"/platform/incidents/{incident}/executions", execution)
            checked = "success" if done else "failed"
            evidence = {"run_id": run_id, "verification_result": checked,
                        "snapshot": {"used_percent": 41}}  # fmt: skip
            self.console.post(f"/platform/incidents/{incident}/evidence", evidence)
        ended = {"state": "completed" if done else "failed", "worker_id": self.worker_id}
        self.console.post(f"/platform/runs/{run_id}/transition", ended)


def main(agent_id: str) -> int:
    """Work off one run; answers the exit code."""
    agent = Agent(Console(os.environ["AWOOOP_URL"], os.environ["AWOOOP_KEY"]), agent_id)
    run = agent.claim()
    if run is None:
        print("Nothing waits.")  # noqa: T201
        return 0
    arguments = {"path": "/var/log", "older_than_days": 7}
    agent.look(run["run_id"])
    agent.ask(run["run_id"], arguments)
    state = agent.wait(run["run_id"], float(os.environ.get("POLL_S", "5")))
    if state != "running":  # rejected or expired: the console has ended the run
        print(f"Not approved: the run is {state}.")  # noqa: T201
        return 1
    done = agent.repair(run["run_id"], arguments)
    agent.report(run, done=done)
    print("Repaired." if done else "Refused by the gateway.")  # noqa: T201
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
