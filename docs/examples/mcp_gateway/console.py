"""What a worker asks of the console over HTTP; only Python's own library is needed."""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.request
import uuid
from typing import Any

TIMEOUT_S = 10


def digest(arguments: dict[str, Any]) -> str:
    """Answer the SHA-256 of the arguments' canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(
        arguments, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(text.encode()).hexdigest()


class Console:
    """The console, as the worker that holds one run sees it."""

    def __init__(self, url: str, key: str, run_id: str, agent_id: str) -> None:
        self.url = f"{url.rstrip('/')}/api/v1/platform"
        self.key, self.run_id, self.agent_id = key, run_id, agent_id

    def authorize(
        self,
        tool: str,
        scope: str,
        arguments: dict[str, Any],
        token: str | None = None,
        hints: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Ask for a verdict; anything but a clear yes is a no.

        The call's id is chosen here, so that a request whose answer was lost can be sent again.
        """
        body = {
            "run_id": self.run_id,
            "agent_id": self.agent_id,
            "tool_name": tool,
            "required_scope": scope,
            "arguments_digest": digest(arguments),
            "approval_token": token,
            "annotations": hints,
            "call_id": str(uuid.uuid4()),
        }
        status, said = self._post("/mcp/authorize", body)
        if status in (0, 503):
            status, said = self._post("/mcp/authorize", body)
        if status == 200 and said.get("allowed") is True:
            return said
        why = said.get("block_reason") or "The console could not be asked."
        return {**said, "allowed": False, "block_reason": why}

    def report(self, call_id: str, outcome: str, latency_ms: int) -> None:
        """Say how an allowed call went; the same report twice does no harm."""
        body = {"outcome": outcome, "latency_ms": latency_ms}
        self._post(f"/mcp/calls/{call_id}/result", body)

    def token(self) -> str | None:
        """Answer the token of an approval that was given to the run, if there is one."""
        status, said = self._post(f"/runs/{self.run_id}/approval-token", {})
        return said["approval_token"] if status == 200 else None

    def ask_for_approval(self, tool: str, arguments: dict[str, Any]) -> bool:
        """Ask the operators; the run waits from here on. Answers whether they were asked."""
        shown = json.dumps(arguments, ensure_ascii=False)[:3_500]
        body = {"tool_name": tool, "arguments": arguments,
                "suggested_action": f"Call {tool} with {shown}"}  # fmt: skip
        status, _ = self._post(f"/runs/{self.run_id}/approval-requests", body)
        return status == 201

    def state(self) -> str:
        """Answer the run's state, and say that its worker lives."""
        status, said = self._post(f"/runs/{self.run_id}/heartbeat", {})
        return said["state"] if status == 200 else "unknown"

    def _post(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Answer the status and the parsed body; 0 where nothing was answered."""
        request = urllib.request.Request(  # noqa: S310 - the console's own address
            self.url + path,
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, _parsed(error.read())
        except (OSError, ValueError):
            return 0, {}


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
