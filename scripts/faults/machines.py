"""An integration's programs: they repeat what got no answer, and note what was acknowledged."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from scripts.faults.facts import Facts

PASSING = {429, 500, 502, 503, 504}
AGENT = "sre-agent"
TOOL = "kubectl.restart"
PROJECT = "faults"


class GaveUp(Exception):
    """No answer for as long as anybody would wait."""


class Refused(Exception):
    """A 4xx: the status, and the problem's code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code = status, code


@dataclass(frozen=True)
class Wait:
    """A call that had to be repeated: which, since when (`time.monotonic()`), for how long."""

    path: str
    began: float
    seconds: float


@dataclass
class Console:
    """One connection to the API; each call is repeated until it is answered."""

    port: int
    key: str
    patience_s: float = 120
    waits: list[Wait] = field(default_factory=list)

    def post(self, path: str, body: Any) -> dict[str, Any] | None:
        """Answer what a call says; raises Refused or GaveUp. A 5xx is asked again."""
        began, failed = time.monotonic(), False
        while time.monotonic() - began < self.patience_s:
            try:
                status, answer = self._once(path, body)
            except (OSError, http.client.HTTPException):
                status, answer = 599, b""
            if status < 300:
                if failed:
                    self.waits.append(Wait(path, began, time.monotonic() - began))
                return json.loads(answer) if answer else None
            if status not in PASSING and status != 599:
                raise Refused(status, json.loads(answer or b"{}").get("code", ""))
            failed = True
            time.sleep(0.1)
        raise GaveUp(path)

    def _once(self, path: str, body: Any) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            headers: Mapping[str, str] = {
                "Authorization": f"Bearer {self.key}",
                "Content-Type": "application/json",
            }
            connection.request("POST", f"/api/v1{path}", json.dumps(body), dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


class Machine(threading.Thread):
    """Leads one life after the other, from alert to closed incident, until it is stopped."""

    def __init__(self, name: str, port: int, keys: tuple[str, str], facts: Facts) -> None:
        super().__init__(name=name, daemon=True)
        agent, decider = keys
        self.agent, self.person = Console(port, agent), Console(port, decider)
        self.rival = Console(port, decider)
        self.facts, self.random = facts, random.Random(name)
        self.stopping = threading.Event()
        self.broken: str | None = None

    @property
    def waits(self) -> list[Wait]:
        """The calls that had to be repeated."""
        return self.agent.waits + self.person.waits + self.rival.waits

    def run(self) -> None:
        """Live until stopped; what should never happen is kept in `broken`."""
        number = 0
        while not self.stopping.is_set():
            number += 1
            try:
                self._live(f"{self.name}-{number}")
            except (Refused, GaveUp) as error:
                self.broken = f"{self.name}-{number}: {error}"
                return

    def _uuid(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def _live(self, life: str) -> None:
        self._alert(life, "firing")
        run_id = self._uuid()
        body = {"run_id": run_id, "agent_id": f"{AGENT}-{life}", "trigger_ref": life}
        self.agent.post("/platform/runs", body)
        self.facts.add("runs", run_id)
        worker = {"worker_id": life}
        self._claim(run_id, {"agent_id": f"{AGENT}-{life}", **worker})
        steps = [{"step_seq": n, "tool_name": "node.df", "summary": life} for n in (1, 2, 3)]
        self.agent.post(f"/platform/runs/{run_id}/steps", steps)
        self.facts.add("steps", *(f"{run_id}/{n}" for n in (1, 2, 3)))
        asked = {"tool_name": TOOL, "suggested_action": "Restart", "risk_level": "low",
                 "arguments": {"life": life}}  # fmt: skip
        self._ask(run_id, asked)
        self._decide(run_id)
        token = self.agent.post(f"/platform/runs/{run_id}/approval-token", worker)
        self._redeem(run_id, token["approval_token"])
        self._end(run_id, worker)
        self._alert(life, "resolved")
        self.facts.add("lives", life)

    def _alert(self, life: str, status: str) -> None:
        alert = {"status": status, "labels": {"alertname": "Life", "life": life},
                 "startsAt": "2026-11-01T00:00:00Z"}  # fmt: skip
        if status == "resolved":
            alert["endsAt"] = "2026-11-01T01:00:00Z"
        body = {"version": "4", "groupKey": life, "status": status, "alerts": [alert]}
        self.agent.post("/webhooks/alertmanager", body)
        self.facts.add(status, life)

    def _claim(self, run_id: str, body: dict[str, str]) -> None:
        # An answer that was lost has claimed the run all the same: the heartbeat tells.
        claimed = self.agent.post("/platform/runs/claim", body)
        if claimed is None:
            self.agent.post(f"/platform/runs/{run_id}/heartbeat", {"worker_id": body["worker_id"]})
        self.facts.add("claims", run_id)

    def _ask(self, run_id: str, body: dict[str, Any]) -> None:
        try:
            self.agent.post(f"/platform/runs/{run_id}/approval-requests", body)
        except Refused as refused:
            if refused.status != 409:  # asked already, by the call whose answer was lost
                raise
        self.facts.add("approvals", run_id)

    def _decide(self, run_id: str) -> None:
        """Two people decide at once: one of them wins."""
        body = {"project_id": PROJECT, "decision": "approve", "reason": "seen"}
        won: list[bool] = []

        def press(console: Console) -> None:
            try:
                console.post(f"/platform/approvals/{run_id}/decide", body)
                won.append(True)
            except Refused as refused:
                won.append(False)
                if refused.status != 409:
                    self.broken = f"{run_id}: {refused}"

        rival = threading.Thread(target=press, args=(self.rival,))
        rival.start()
        press(self.person)
        rival.join()
        if sum(won) > 1:
            self.facts.doubled.append(f"two decisions on {run_id}")
        self.facts.add("decisions", run_id)

    def _redeem(self, run_id: str, token: str) -> None:
        try:
            body = {"token": token, "tool_name": TOOL}
            self.agent.post("/platform/approvals/tokens/redeem", body)
        except Refused as refused:
            if refused.code != "token_redeemed":  # by the call whose answer was lost
                raise
        self.facts.add("redemptions", run_id)

    def _end(self, run_id: str, worker: dict[str, str]) -> None:
        try:
            body = {"state": "completed", **worker}
            self.agent.post(f"/platform/runs/{run_id}/transition", body)
        except Refused as refused:
            if refused.code != "illegal_transition":  # it is completed already
                raise
        self.facts.add("completed", run_id)
