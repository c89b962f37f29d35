"""The main job beside the browser: an alert, and the guide's agent that works it off."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from awooop import tenancy
from tests import factories
from tests.browser.conftest import PASSWORD
from tests.runs.alertmanager import payloads
from tests.runs.gateway.support import activate

OPERATOR = ("operator@example.org", PASSWORD)
ARGUMENTS = {"path": "/var/log", "older_than_days": 7}
_AGENT = Path(__file__).parents[2] / "docs/examples/agent/agent.py"
_TOOLS = {"disk.usage": {"scope": "read"}, "disk.clean": {"scope": "write"}}


class Job:
    """One alert and its agent; each step is one that a real sender or worker takes by the API."""

    def __init__(self, base_url: str) -> None:
        factories.project("tour", default_agent_id="disk-agent")
        factories.user(OPERATOR[0], tour="operator")
        with tenancy.scope(["tour"]):
            activate({"agent": "disk-agent", "tools": _TOOLS}, project_id="tour")
            key = factories.api_key("tour", scopes=("read", "ingest"))
        guide = _load(_AGENT)
        self._console = guide.Console(base_url, key)
        self._agent = guide.Agent(self._console, "disk-agent")
        self._run: dict[str, Any] = {}

    def alert(self, instance: str = "db1") -> None:
        """Let the Alertmanager tell that a disk is full."""
        self._console.post(payloads.PATH, payloads.notification(payloads.alert(instance)))

    def ask(self) -> None:
        """Let the agent claim the run, look, and ask for its repair."""
        self._run = self._agent.claim()
        self._agent.look(self._run["run_id"])
        self._agent.ask(self._run["run_id"], ARGUMENTS)

    def finish(self) -> None:
        """Let the agent use its permission and report, and the Alertmanager see the alert end."""
        assert self._agent.wait(self._run["run_id"]) == "running"
        assert self._agent.repair(self._run["run_id"], ARGUMENTS)
        self._agent.report(self._run, done=True)
        self._console.post(payloads.PATH, payloads.notification(payloads.resolved()))

    def state(self) -> str:
        """Answer the state of the run as the API tells it."""
        return self._console.get(f"/platform/runs/{self._run['run_id']}")["run"]["state"]


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("guide_agent", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
