"""Runs, their incidents and their steps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bench.rows.table import CHANCE, NULL, RUN, STEP, Table
from bench.scale import STEPS
from bench.world import World

AGENTS = tuple(f"agent-{number:02d}" for number in range(12))
TOOLS = tuple(
    f"{server}.{verb}"
    for server in ("kubernetes", "prometheus", "ssh", "postgres", "grafana")
    for verb in ("get", "list", "query", "restart", "scale", "describe", "apply", "rollback")
)
ALERTS = (
    "DiskWillFill", "PodCrashLooping", "HighErrorRate", "TargetDown", "CertificateExpires",
    "ReplicationLag", "QueueBacklog", "NodeNotReady", "LatencyHigh", "BackupMissing",
)  # fmt: skip
_STATES = ("completed",) * 29 + ("failed",) * 2 + ("cancelled", "timed_out")
_EVIDENCE = ("mcp_observed", "no_evidence", "read_only_dry_run", "observed", "blocked")
_RUN_TIME = timedelta(minutes=4)


def state(world: World, run: int) -> str:
    """Answer the state of a run: the newest wait, are running or pending."""
    if world.is_waiting(run):
        return "waiting_approval"
    if world.is_open(run):
        return "running" if run % 2 else "pending"
    return _STATES[world.bits(CHANCE, run) % len(_STATES)]


def agent(run: int) -> str:
    """Answer the agent of a run."""
    return AGENTS[run * run % len(AGENTS)]


def _runs(world: World, first: int, last: int) -> Iterator[str]:
    for run in range(first, last):
        chance, began, now_is = world.bits(CHANCE, run), world.began(run), state(world, run)
        status = "write_observed" if chance % 50 == 0 else _EVIDENCE[chance % len(_EVIDENCE)]
        is_open = world.is_open(run)
        started = NULL if now_is == "pending" else (began + timedelta(seconds=3)).isoformat()
        done = NULL if is_open else (began + _RUN_TIME).isoformat()
        beat = world.end.isoformat() if now_is == "running" else NULL
        timeout = (world.end + timedelta(days=2)).isoformat() if is_open else NULL
        error = "tool_failed\tThe tool did not answer." if now_is == "failed" else f"{NULL}\t{NULL}"
        yield (
            f"{world.uuid(RUN, run)}\t{world.project(run)}\t{agent(run)}\t{now_is}\t"
            f"{'t' if chance % 40 == 0 else 'f'}\talert\t{world.incident(run)}\t"
            f"0.0{chance % 9000 + 1000}\t{STEPS}\t1\t{error}\t{began.isoformat()}\t{started}\t"
            f"{done}\t{timeout}\t{beat}\t{status}\n"
        )


def _incidents(world: World, first: int, last: int) -> Iterator[str]:
    for run in range(first, last):
        began, is_open = world.began(run), world.is_open(run)
        alert, severity = ALERTS[run % 10], ("critical", "warning", "info")[run % 3]
        how = "human_approved" if run % 10 == 0 else "auto_repair"
        ended = "human_approved" if run % 10 == 0 else "auto_repaired"
        over = f"{NULL}\t{NULL}\t{NULL}"
        if not is_open:
            over = f"{(began + _RUN_TIME).isoformat()}\t{how}\t{ended}"
        yield (
            f"{world.incident(run)}\t{world.project(run)}\t{alert} on node-{run % 400:03d}\t"
            f"{severity}\t{'open' if is_open else 'resolved'}\talertmanager\tgroup-{run}\t"
            f'{{"alertname": "{alert}", "instance": "node-{run % 400:03d}"}}\t'
            f"{began.isoformat()}\t{began.isoformat()}\t{over}\n"
        )


def _links(world: World, first: int, last: int) -> Iterator[str]:
    for run in range(first, last):
        own = world.uuid(RUN, run)
        yield (
            f"{own}\t{world.project(run)}\t{world.incident(run)}\ttrigger_ref\t"
            f"{world.began(run).isoformat()}\t{own}\t0\n"
        )


def _steps(world: World, first: int, last: int) -> Iterator[str]:
    for run in range(first, last):
        own, project, began = world.uuid(RUN, run), world.project(run), world.began(run)
        for seq in range(STEPS):
            number = run * STEPS + seq
            at = began + timedelta(seconds=10 + 40 * seq)
            yield (
                f"{world.uuid(STEP, number)}\t{own}\t{project}\t{seq + 1}\t"
                f"{TOOLS[number % len(TOOLS)]}\tsuccess\tLooked at what the alert names.\t"
                f"{20 + number % 900}\t{at.isoformat()}\t{at.isoformat()}\n"
            )


TABLES = (
    Table(
        "runs.Run",
        "run_id project_id agent_id state is_shadow trigger_type trigger_ref cost_usd step_count "
        "attempt_count error_code error_detail created_at started_at completed_at timeout_at "
        "heartbeat_at remediation_status",
        "runs",
        _runs,
    ),
    Table(
        "runs.Incident",
        "incident_id project_id title severity status source fingerprint labels opened_at "
        "last_seen_at resolved_at resolution_type disposition",
        "runs",
        _incidents,
    ),
    Table(
        "runs.RunIncident",
        "run_id project_id incident_id source found_at source_id ordinal",
        "runs",
        _links,
    ),
    Table(
        "runs.Step",
        "step_id run_id project_id step_seq tool_name result_status summary latency_ms created_at "
        "completed_at",
        "runs",
        _steps,
    ),
)
