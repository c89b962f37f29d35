"""One run being worked: a clock that only goes forward, a journal, and calls through the gates."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from awooop import callers
from awooop.actions.audit import Entry
from awooop.models import ContractRevision
from runs.demo.catalogue import people, words
from runs.demo.chapter import Chapter
from runs.demo.contracts import Shelf
from runs.demo.world import World
from runs.gateway import gates
from runs.models import LegacyMcpRecord, McpCall, McpStatus, Run, RunState, Step

# What an agent does in its own head: journalled, no tool call.
INNER = frozenset({"triage.classify", "playbook.match", "plan.compose", "report.compose"})
_SERVERS = {
    "kubectl": "kubernetes-mcp",
    "pg": "postgres-mcp",
    "prometheus": "prometheus-mcp",
    "logs": "loki-mcp",
    "knowledge": "knowledge-mcp",
}
_NODES = {"read": "observe", "write": "act", "admin": "act"}
SWEEP = callers.system("run sweep")
Error = tuple[str, str] | None  # its code, and what it says


class Work:
    """The work on one run, from its claim to its end; `at` is where the telling has come to."""

    def __init__(
        self,
        world: World,
        chapter: Chapter,
        shelf: Shelf,
        run: Run,
        incident_id: str = "",
        *,
        is_legacy: bool = False,
    ) -> None:
        self.world, self.chapter, self.shelf, self.run = world, chapter, shelf, run
        self.incident_id, self.is_legacy = incident_id, is_legacy
        self.at: datetime = run.created_at
        self.is_smooth = False  # nothing goes wrong on the way

    def pass_time(self, least_s: float, most_s: float) -> datetime:
        """Let some time go by; answers the new time."""
        self.at += self.world.span(least_s, most_s)
        return self.at

    def claim(self) -> None:
        """A worker takes the run."""
        self.pass_time(1, 18)
        run = self.run
        run.state = RunState.RUNNING
        run.started_at = run.started_at or self.at
        run.worker_id = f"{run.agent_id}-{self.world.rng.randint(1, 4)}"
        run.worker_key = people.key_prefix(run.agent_id)
        run.heartbeat_at = self.at

    @property
    def contract(self) -> ContractRevision:
        """The contract that binds the agent now."""
        return self.shelf.active(self.run.agent_id, self.at)

    def step(
        self,
        tool: str,
        said: str,
        *,
        scope: str = "read",
        error: Error = None,
        has_token: bool = False,
    ) -> Step:
        """Do one thing and journal it; a call that the gates refuse is journalled as blocked."""
        self.pass_time(2, 13)
        latency = self._latency(tool, scope, error)
        verdict = None
        if tool not in INNER and not self.is_legacy:
            verdict = self._call(tool, scope, latency, error, has_token)
        elif tool not in INNER:
            self._legacy(tool, scope, latency, error)
        refused = verdict.reason if verdict is not None and verdict.is_refused else None
        return self._journal(tool, said, latency, error, refused)

    def probe(self, tool: str, said: str) -> Step:
        """Look at something; now and then a tool does not answer, and the agent goes on."""
        error = None
        if not self.is_smooth and self.world.chance(0.03):
            error = self.world.pick(words.TOOL_ERRORS)
        return self.step(tool, said, error=error)

    def note(self, tool: str, said: str, at: datetime) -> Step:
        """Journal something done by others at a moment, such as a decision; the clock follows."""
        self.at = at
        return self._journal(tool, said, None, None, None)

    def ask_gateway(
        self, tool: str, *, scope: str = "read", has_token: bool = False, is_over: bool = False
    ) -> gates.Verdict:
        """Ask the gates only: no call was made, or its result is not in yet."""
        verdict = self._verdict(tool, scope, has_token, is_over)
        self._keep_call(tool, verdict, McpStatus.ALLOWED, None)
        return verdict

    def lose_heartbeat(self) -> None:
        """The worker falls silent and the sweep sees it: back to the queue, or the end."""
        run = self.run
        run.heartbeat_at = self.pass_time(1, 9)
        self.pass_time(121, 178)
        run.attempt_count += 1
        is_end = run.attempt_count >= run.max_attempts
        run.state = RunState.FAILED if is_end else RunState.PENDING
        if is_end:
            run.error_code, run.completed_at = "E-RUN-HEARTBEAT-LOST", self.at
        else:
            run.worker_id, run.worker_key, run.heartbeat_at = None, "", None
        self.record("run.heartbeat_lost", RunState.RUNNING)

    def time_out(self) -> None:
        """The run's time is over, and the sweep sees it."""
        run = self.run
        run.timeout_at = self.pass_time(20, 60)
        run.heartbeat_at = self.at
        self.pass_time(2, 58)
        run.state, run.error_code = RunState.TIMED_OUT, "E-RUN-TIMEOUT"
        run.completed_at = self.at
        self.record("run.timeout", RunState.RUNNING)

    def end(self, state: str, code: str | None = None, detail: str | None = None) -> None:
        """End the run now, or a few seconds later where it completes."""
        if state == RunState.COMPLETED:
            self.run.heartbeat_at = self.at
            self.pass_time(1, 7)
        self.run.state, self.run.completed_at = state, self.at
        self.run.error_code, self.run.error_detail = code, detail

    def record(self, action: str, from_state: str, by: callers.Caller = SWEEP) -> None:
        """Audit a change of the run's state that a person or a policy caused."""
        run = self.run
        details = {"from": str(from_state), "to": str(run.state), "error_code": run.error_code}
        entry = Entry(action, "run", str(run.run_id), details, run_id=run.run_id)
        self.chapter.record(self.at, by, entry)

    def _latency(self, tool: str, scope: str, error: Error) -> int:
        """Answer milliseconds: thinking takes seconds, looking less, a repair up to a minute."""
        rng = self.world.rng
        if error and error[0] == "E-TOOL-TIMEOUT":
            return 30_000
        if tool in INNER:
            return rng.randint(400, 5200)
        return rng.randint(60, 2900) if scope == "read" else rng.randint(2_500, 48_000)

    def _call(
        self, tool: str, scope: str, latency: int, error: Error, has_token: bool
    ) -> gates.Verdict:
        verdict = self._verdict(tool, scope, has_token, is_over=False)
        status = McpStatus.FAILED if error else McpStatus.SUCCESS
        self._keep_call(tool, verdict, status, latency)
        return verdict

    def _verdict(self, tool: str, scope: str, has_token: bool, is_over: bool) -> gates.Verdict:
        begin, end = self.world.maintenance
        contract = self.contract
        return gates.judge(
            gates.Question(
                tools=contract.body["tools"],
                contract=str(contract),
                tool=tool,
                scope=scope,
                is_project_active=not begin <= self.at < end,
                over_budget="The run's time is over." if is_over else "",
                has_token=has_token,
                is_shadow=self.run.is_shadow,
            )
        )

    def _keep_call(
        self, tool: str, verdict: gates.Verdict, status: str, latency: int | None
    ) -> McpCall:
        refused = verdict.is_refused
        return self.chapter.add(
            McpCall(
                call_id=self.world.uuid("call"),
                run=self.run,
                project_id=self.world.project_id,
                agent_id=self.run.agent_id,
                by_gateway=True,
                tool_name=tool,
                result_status=McpStatus.BLOCKED if refused else status,
                block_gate=verdict.gate if refused else None,
                block_reason=verdict.reason if refused else None,
                gate_result=verdict.result,
                latency_ms=None if refused else latency,
                created_at=self.at,
            )
        )

    def _legacy(self, tool: str, scope: str, latency: int, error: Error) -> None:
        self.chapter.add(
            LegacyMcpRecord(
                id=self.world.uuid("legacy"),
                project_id=self.world.project_id,
                session_id=f"sess-{self.run.run_id.hex[:12]}",
                flywheel_node=_NODES[scope],
                mcp_server=_SERVERS.get(tool.partition(".")[0], "operations-mcp"),
                tool_name=tool,
                duration_ms=latency,
                success=error is None,
                error_message=error[1] if error else None,
                incident_id=self.incident_id,
                agent_role=self.run.agent_id,
                created_at=self.at,
            )
        )

    def _journal(
        self, tool: str, said: str, latency: int | None, error: Error, refused: str | None
    ) -> Step:
        begun, run = self.at, self.run
        self.at += timedelta(milliseconds=0 if refused else latency or 0)
        run.step_count += 1
        run.cost_usd += Decimal(self.world.rng.randint(4_000, 46_000)) / 1_000_000
        status = "blocked" if refused else "failed" if error else "success"
        return self.chapter.add(
            Step(
                step_id=self.world.uuid("step"),
                run=run,
                project_id=self.world.project_id,
                step_seq=run.step_count,
                tool_name=tool,
                result_status=status,
                summary=(error[1] if error else refused or said)[:500],
                was_blocked=refused is not None,
                block_reason=refused,
                error_code=error[0] if error else "E-GATE-BLOCKED" if refused else None,
                latency_ms=None if refused else latency,
                created_at=begun,
                completed_at=self.at,
            )
        )
