"""What happens beside the browser: agents ask, other people decide; by the API, as they do."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request, urlopen

from tests import factories
from tests.browser.conftest import PASSWORD

OPERATOR = ("operator@example.org", PASSWORD)


class Desk:
    """A project with an operator, an agent that asks, and somebody else who decides."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        factories.project("awoooi")
        factories.user(OPERATOR[0], awoooi="operator")
        self._agent = factories.api_key("awoooi", scopes=("read", "ingest"))
        self._other = factories.api_key("awoooi", scopes=("read", "decide"))

    def ask(self, action: str, risk: str = "low", **body: Any) -> str:
        """Let an agent ask for an approval; answers its id."""
        worker = {"agent_id": "sre-agent", "worker_id": "w1"}
        self._post(self._agent, "/platform/runs", {"agent_id": "sre-agent"})
        run = self._post(self._agent, "/platform/runs/claim", worker)["run_id"]
        asked = {"tool_name": "kubectl.restart", "suggested_action": action, "risk_level": risk}
        path = f"/platform/runs/{run}/approval-requests"
        return self._post(self._agent, path, {**asked, **body})["approval_id"]

    def reject(self, approval_id: str) -> None:
        """Let somebody else reject it."""
        waiting = self._send(self._other, "/platform/approvals", None)["approvals"]
        (run,) = [one["run_id"] for one in waiting if one["approval_id"] == approval_id]
        body = {"decision": "reject", "reason": "Wait for the owner"}
        self._post(self._other, f"/platform/approvals/{run}/decide", body)

    def extend(self, approval_id: str) -> None:
        """Let somebody else give it more time."""
        path = f"/platform/approvals/{approval_id}/extend"
        self._post(self._other, path, {"seconds": 600, "reason": "Busy"})

    def outcomes(self) -> dict[str, str]:
        """Answer what became of what is over: the outcome by the action."""
        found = self._send(self._other, "/platform/approvals/history", None)["approvals"]
        return {one["suggested_action"]: one["outcome"] for one in found}

    def _post(self, key: str, path: str, body: Any) -> Any:
        return self._send(key, path, json.dumps(body).encode())

    def _send(self, key: str, path: str, data: bytes | None) -> Any:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        request = Request(f"{self.base_url}/api/v1{path}", data, headers)
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)
