"""What goes in and out of a run: gateway calls, older records, inbound events, messages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bench.rows.runs import ALERTS, TOOLS, agent
from bench.rows.table import CALL, EVENT, LEGACY, MESSAGE, NULL, RUN, Table
from bench.scale import CALLS, EVENTS, MESSAGES
from bench.scale import LEGACY as OLD
from bench.world import World

_GATE = '{"required_scope": "read", "policy_enforced": true, "is_shadow": false, "gates": []}'
_BLOCKED = "blocked\tscope\tThe contract does not allow the scope."


def _calls(world: World, first: int, last: int) -> Iterator[str]:
    for run in range(first, last):
        own, project, began = world.uuid(RUN, run), world.project(run), world.began(run)
        for seq in range(CALLS):
            number = run * CALLS + seq
            said = _BLOCKED if number % 97 == 0 else f"success\t{NULL}\t{NULL}"
            yield (
                f"{world.uuid(CALL, number)}\t{own}\t{project}\t{agent(run)}\t"
                f"{TOOLS[number % len(TOOLS)]}\t{said}\t{_GATE}\t{5 + number % 400}\tt\t"
                f"{(began + timedelta(seconds=5 + 30 * seq)).isoformat()}\n"
            )


def _legacy(world: World, first: int, last: int) -> Iterator[str]:
    for run in range(first, last):
        project, incident, began = world.project(run), world.incident(run), world.began(run)
        for seq in range(OLD):
            number = run * OLD + seq
            yield (
                f"{world.uuid(LEGACY, number)}\t{project}\tsession-{run}\t{'kubernetes'}\t"
                f"{TOOLS[number % len(TOOLS)]}\t{30 + number % 300}\t"
                f"{'f' if number % 31 == 0 else 't'}\t{incident}\t"
                f"{(began + timedelta(seconds=7 + 9 * seq)).isoformat()}\n"
            )


def _events(world: World, first: int, last: int) -> Iterator[str]:
    for run in range(first, last):
        own, project, began = world.uuid(RUN, run), world.project(run), world.began(run)
        incident, alert = world.incident(run), ALERTS[run % 10]
        for seq in range(EVENTS):
            number = run * EVENTS + seq
            yield (
                f"{world.uuid(EVENT, number)}\t{project}\t{own}\talertmanager\talert-{number:x}\t"
                f"[FIRING] {alert}: node-{run % 400:03d}\t[FIRING] {alert}\t"
                f"{(began - timedelta(seconds=20 - 5 * seq)).isoformat()}\t"
                f'{{"source_refs": {{"incident_ids": ["{incident}"]}}}}\n'
            )


def _messages(world: World, first: int, last: int) -> Iterator[str]:
    for run in range(first, last):
        own, project, began = world.uuid(RUN, run), world.project(run), world.began(run)
        incident = world.incident(run)
        for seq in range(MESSAGES):
            at = (began + timedelta(seconds=100 + 60 * seq)).isoformat()
            kind = "final" if seq else ("approval_request" if run % 10 == 0 else "interim")
            yield (
                f"{world.uuid(MESSAGE, run * MESSAGES + seq)}\t{project}\t{own}\ttelegram\t{kind}\t"
                f"-100200300\tThe agent reports about {incident}.\t"
                f"The agent reports about {incident}.\tsent\t1\t{run}\t{at}\t{at}\t{incident}\n"
            )


TABLES = (
    Table(
        "runs.McpCall",
        "call_id run_id project_id agent_id tool_name result_status block_gate block_reason "
        "gate_result latency_ms by_gateway created_at",
        "runs",
        _calls,
    ),
    Table(
        "runs.LegacyMcpRecord",
        "id project_id session_id mcp_server tool_name duration_ms success incident_id created_at",
        "runs",
        _legacy,
    ),
    Table(
        "runs.ChannelEvent",
        "event_id project_id run_id channel_type provider_event_id content_preview "
        "content_redacted received_at source_envelope",
        "runs",
        _events,
    ),
    Table(
        "runs.OutboundMessage",
        "message_id project_id run_id channel_type message_type recipient content content_preview "
        "send_status attempt_count provider_message_id queued_at sent_at incident_id",
        "runs",
        _messages,
    ),
)
