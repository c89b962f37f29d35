"""The integration guide's examples, run as a reader would run them, against a real server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction

from awooop import callers, tenancy
from runs.actions import approvals
from runs.models import Approval, Evidence, McpCall, Run, RunState
from runs.signals import run_transitioned
from tests import factories
from tests.runs.gateway.support import activate

DOCS = Path(__file__).parents[2] / "docs"
AGENT = DOCS / "examples/agent/agent.py"
BODY = {"agent": "disk-agent", "tools": {"disk.usage": {"scope": "read"},
                                         "disk.clean": {"scope": "write"}}}  # fmt: skip
ALERT = {
    "version": "4", "groupKey": "disk", "status": "firing",
    "alerts": [{"status": "firing", "startsAt": "2026-11-01T00:00:00Z",
                "labels": {"alertname": "DiskFull", "instance": "db-1"}}],
}  # fmt: skip


@pytest.fixture
def console(live_server, truncatable) -> dict[str, str]:
    """A console with the guide's project, contract and keys; answers the reader's variables."""
    factories.project("tour", default_agent_id="disk-agent")
    with tenancy.scope(["tour"]):
        activate(BODY, project_id="tour")
        return {
            "AWOOOP_URL": live_server.url,
            "API": f"{live_server.url}/api/v1",
            "KEY": factories.api_key("tour", scopes=("read", "ingest")),
            "DECIDER": factories.api_key("tour", scopes=("decide",)),
        }


def run(command: list[str], console: dict[str, str], **more: str) -> subprocess.CompletedProcess:
    env = os.environ | console | {"AWOOOP_KEY": console["KEY"], "POLL_S": "0.05"} | more
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.needs_program("jq")
@pytest.mark.needs_program("curl")
def test_every_line_of_curl_in_the_guide_works(console):
    guide = (DOCS / "integration-guide.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", guide, re.DOTALL | re.MULTILINE)
    with tenancy.scope(["tour"]):
        for number in range(5):  # more than one page
            factories.run("tour", trigger_ref=f"run {number}", agent_id="somebody-else")
    done = run(["bash", "-euo", "pipefail", "-c", "\n".join(blocks)], console)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith('"completed"')
    with tenancy.scope(["tour"]):
        for run_id in Run.objects.exclude(agent_id="disk-agent").values_list("pk", flat=True):
            assert str(run_id) in done.stdout


@pytest.fixture
def person():
    """Somebody who decides as soon as they are asked; answers where to write the decision."""
    wish: dict[str, str] = {}

    def decide() -> None:
        with tenancy.scope(["tour"]):
            asked = Approval.objects.get()
            approvals.decide(
                by=callers.system("the operator on call", ["tour"]),
                approval_id=asked.pk,
                decision=wish["decision"],
                digest=asked.digest,
            )

    def look(run: Run, **_: object) -> None:
        if run.state == RunState.WAITING_APPROVAL:
            transaction.on_commit(decide)

    run_transitioned.connect(look)
    yield wish
    run_transitioned.disconnect(look)


def agent_at_work(console: dict[str, str]) -> subprocess.CompletedProcess:
    """Post an alert and let the example's agent work it off."""
    answer = factories.ApiClient(console["KEY"]).post("/webhooks/alertmanager", ALERT)
    assert answer.status_code == 202, answer.content
    return run([sys.executable, str(AGENT), "disk-agent"], console)


def test_the_agent_repairs_what_a_person_approved(console, person):
    person["decision"] = "approve"
    done = agent_at_work(console)
    assert (done.returncode, done.stdout) == (0, "Repaired.\n"), done.stderr
    with tenancy.scope(["tour"]):
        ended = Run.objects.get()
        assert (ended.state, ended.step_count) == (RunState.COMPLETED, 2)
        assert dict(McpCall.objects.values_list("tool_name", "result_status")) == {
            "disk.usage": "success",
            "disk.clean": "success",
        }
        assert Evidence.objects.get().verification_result == "success"


def test_the_agent_leaves_alone_what_a_person_rejected(console, person):
    person["decision"] = "reject"
    done = agent_at_work(console)
    assert (done.returncode, done.stdout) == (1, "Not approved: the run is cancelled.\n")
    with tenancy.scope(["tour"]):
        assert not McpCall.objects.filter(tool_name="disk.clean").exists()


def test_the_agent_says_so_where_nothing_waits(console):
    done = run([sys.executable, str(AGENT), "disk-agent"], console)
    assert (done.returncode, done.stdout) == (0, "Nothing waits.\n"), done.stderr
