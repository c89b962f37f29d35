"""The example of docs/examples/mcp_gateway: an agent, the gateway, a real MCP server behind it."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from awooop import tenancy
from runs.actions import approvals
from runs.models import Approval, McpCall
from tests import factories
from tests.runs.gateway.support import PERSON, activate, refusals

if not os.environ.get("CI"):
    pytest.importorskip("mcp", reason="needs the package 'mcp' (requirements-dev.txt)")

EXAMPLE = Path(__file__).parents[3] / "docs/examples/mcp_gateway"
BODY = {"agent": "sre-agent", "tools": {"notes.read": {"scope": "read"},
                                        "notes.add": {"scope": "write"}}}  # fmt: skip


@pytest.fixture
def console(live_server, truncatable, tmp_path) -> dict[str, str]:
    """A console at work; answers the environment of the gateway in front of the notes."""
    factories.project("awoooi")
    with tenancy.scope(["awoooi"]):
        key = factories.api_key("awoooi")
        activate(BODY)
        run = factories.running(key)
    return {
        "AWOOOP_URL": live_server.url,
        "AWOOOP_KEY": key,
        "AWOOOP_RUN_ID": str(run.run_id),
        "AWOOOP_AGENT_ID": "sre-agent",
        "NOTES_FILE": str(tmp_path / "notes.txt"),
    }


def call(env: dict[str, str], *calls: tuple[str, dict[str, Any]]) -> list[tuple[bool, str]]:
    """Call tools through the gateway as an agent does; answers (is an error, text) of each."""
    from mcp import Client, StdioServerParameters

    args = [str(EXAMPLE / "gateway.py"), "--scopes", str(EXAMPLE / "scopes.json"), "--",
            sys.executable, str(EXAMPLE / "notes_server.py")]  # fmt: skip

    async def talk() -> list[tuple[bool, str]]:
        server = StdioServerParameters(command=sys.executable, args=args, env=env)
        async with Client(server) as client:
            await client.list_tools()
            results = [await client.call_tool(name, arguments) for name, arguments in calls]
            return [(one.is_error, one.content[0].text) for one in results if one.content]

    return asyncio.run(talk())


def test_reads_pass_and_what_the_contract_does_not_name_is_refused(console):
    Path(console["NOTES_FILE"]).write_text("disk full on db-1\n")
    read, wiped = call(console, ("notes.read", {}), ("notes.wipe", {}))
    assert read == (False, "disk full on db-1\n")
    assert wiped[0] is True
    assert "Refused by the gate contract" in wiped[1]
    assert Path(console["NOTES_FILE"]).read_text() == "disk full on db-1\n"
    with tenancy.scope(["awoooi"]):
        statuses = dict(McpCall.objects.values_list("tool_name", "result_status"))
        assert statuses == {"notes.read": "success", "notes.wipe": "blocked"}
        lie = McpCall.objects.get(tool_name="notes.wipe").gate_result["untrusted_hints"]
        assert lie == {"readOnlyHint": True}
        assert McpCall.objects.get(tool_name="notes.read").latency_ms is not None


def test_a_write_waits_for_a_person_and_passes_once(console):
    wanted = ("notes.add", {"text": "restarted api"})
    ((is_error, said),) = call(console, wanted)
    assert is_error
    assert "operators were asked" in said
    with tenancy.scope(["awoooi"]):
        asked = Approval.objects.get()
        assert asked.arguments == wanted[1]
        approvals.decide(by=PERSON, approval_id=asked.pk, decision="approve", digest=asked.digest)
    done, again = call(console, wanted, wanted)
    assert done == (False, "added")
    assert again[0] is True
    assert Path(console["NOTES_FILE"]).read_text() == "restarted api\n"


def test_an_approval_of_one_text_does_not_write_another(console):
    call(console, ("notes.add", {"text": "restarted api"}))
    with tenancy.scope(["awoooi"]):
        approvals.decide(by=PERSON, approval_id=Approval.objects.get().pk, decision="approve")
    ((is_error, _said),) = call(console, ("notes.add", {"text": "deleted everything"}))
    assert is_error
    assert not Path(console["NOTES_FILE"]).exists()
    with tenancy.scope(["awoooi"]):
        assert "arguments_changed" in [row["token_refused"] for row in refusals()]


def test_without_a_console_nothing_is_called(console):
    Path(console["NOTES_FILE"]).write_text("x\n")
    ((is_error, said),) = call({**console, "AWOOOP_URL": "http://127.0.0.1:9"}, ("notes.read", {}))
    assert is_error
    assert "could not be asked" in said
