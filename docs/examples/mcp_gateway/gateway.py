"""An MCP server that stands in front of another one and asks the console before each call.

    gateway.py --scopes scopes.json -- python notes_server.py

Reads AWOOOP_URL, AWOOOP_KEY, AWOOOP_RUN_ID and AWOOOP_AGENT_ID from the environment, and
AWOOOP_APPROVAL_WAIT_S: how long a call waits for a person (default 0: it does not).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from pathlib import Path
from typing import Any

import mcp_types as types
from console import Console
from mcp import Client, StdioServerParameters, stdio_server
from mcp.server.lowlevel import Server

POLL_S = 2.0
UNLISTED = "admin"  # a tool that the operator of this gateway did not list needs the highest scope


class Gateway:
    """The tools of the server behind, each call judged first."""

    def __init__(
        self, console: Console, behind: Client, scopes: dict[str, str], wait_s: float
    ) -> None:
        self.console, self.behind = console, behind
        self.scopes, self.wait_s = scopes, wait_s
        self.hints: dict[str, dict[str, Any]] = {}

    async def list_tools(self, ctx: Any, params: Any) -> types.ListToolsResult:
        """Answer what the server behind offers, and remember its hints about itself."""
        listed = await self.behind.list_tools(cursor=params.cursor if params else None)
        for tool in listed.tools:
            if tool.annotations:
                self.hints[tool.name] = tool.annotations.model_dump(
                    by_alias=True, exclude_none=True
                )
        return listed

    async def call_tool(self, ctx: Any, params: types.CallToolRequestParams) -> Any:
        """Ask, call, report; a refusal is a tool's error, which the agent can read."""
        name, arguments = params.name, params.arguments or {}
        verdict = await self._authorize(name, arguments)
        if not verdict["allowed"]:
            gate = verdict.get("block_gate") or "gateway"
            return _error(f"Refused by the gate {gate}: {verdict['block_reason']}")
        started, outcome = time.monotonic(), "failed"
        try:
            result = await self.behind.call_tool(name, arguments)
            outcome = "failed" if result.is_error else "success"
            return result
        finally:
            took = round((time.monotonic() - started) * 1000)
            await asyncio.to_thread(self.console.report, verdict["call_id"], outcome, took)

    async def _authorize(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Ask; where only an approval is missing, show the run's token or ask for one."""
        verdict = await self._ask(name, arguments, None)
        if verdict.get("block_gate") != "approval":
            return verdict
        token = await asyncio.to_thread(self.console.token)
        if token:
            verdict = await self._ask(name, arguments, token)
            if verdict.get("block_gate") != "approval":
                return verdict
        if not await asyncio.to_thread(self.console.ask_for_approval, name, arguments):
            return verdict
        token = await self._wait_for_token()
        if token:
            return await self._ask(name, arguments, token)
        why = "The operators were asked to approve it; call it again once they have."
        return {**verdict, "block_reason": why}

    async def _ask(self, name: str, arguments: dict[str, Any], token: str | None) -> dict[str, Any]:
        scope = self.scopes.get(name, UNLISTED)
        hints = self.hints.get(name)
        return await asyncio.to_thread(self.console.authorize, name, scope, arguments, token, hints)

    async def _wait_for_token(self) -> str | None:
        until = time.monotonic() + self.wait_s
        while time.monotonic() < until:
            state = await asyncio.to_thread(self.console.state)
            if state == "running":
                return await asyncio.to_thread(self.console.token)
            if state != "waiting_approval":
                return None
            await asyncio.sleep(POLL_S)
        return None


def _error(text: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(text=text)], is_error=True)


async def serve(command: list[str], scopes: dict[str, str]) -> None:
    """Start the server behind, and serve its tools on stdin and stdout until they close."""
    env = os.environ
    console = Console(*(env[f"AWOOOP_{name}"] for name in ("URL", "KEY", "RUN_ID", "AGENT_ID")))
    wait_s = float(env.get("AWOOOP_APPROVAL_WAIT_S", "0"))
    # The server behind must not see the key.
    kept = {name: value for name, value in env.items() if not name.startswith("AWOOOP_")}
    started = StdioServerParameters(command=command[0], args=command[1:], env=kept)
    async with Client(started) as behind:
        gateway = Gateway(console, behind, scopes, wait_s)
        server: Server[Any] = Server(
            "awooop-gateway", on_list_tools=gateway.list_tools, on_call_tool=gateway.call_tool
        )
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scopes", type=Path, required=True, help="JSON: tool name to scope")
    parser.add_argument("command", nargs="+", help="the MCP server behind, after --")
    given = parser.parse_args()
    asyncio.run(serve(given.command, json.loads(given.scopes.read_text())))


if __name__ == "__main__":
    main()
