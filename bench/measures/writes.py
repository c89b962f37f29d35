"""Status changes, decisions, verdicts of the gateway, webhooks, lists of records."""

from __future__ import annotations

import time
from itertools import count
from typing import Any
from uuid import uuid4

from bench.measures.measure import Measure
from bench.rows.runs import AGENTS
from bench.world import World

WRITE_MS, GATE_MS, HOOK_MS = 15, 15, 50
_LIST = 1_000
# Not the numbers of an earlier pass: a step that is there already is acknowledged, not written.
_serial = count(int(time.time()) % 10**6 * 1_000)  # a run that is held again has other numbers
WORKER = AGENTS[2]  # an agent with no runs but the one that is measured


def measures(world: World, own: str) -> list[Measure]:
    """Answer the measures of this subject; `own` is a run that the key's worker holds."""
    return [
        Measure("run queued", "/api/v1/platform/runs", goal_ms=WRITE_MS, body=_run),
        Measure("run claimed", "/api/v1/platform/runs/claim", goal_ms=WRITE_MS,
                body=lambda n: {"agent_id": "bench-agent", "worker_id": f"w{n}"}),
        Measure("decision on an approval", "/api/v1/platform/approvals/{n}/decide",
                goal_ms=WRITE_MS, body=lambda n: {"decision": "approve", "reason": "bench"},
                subjects=waiting(world)),
        Measure("gateway verdict", "/api/v1/platform/mcp/authorize", goal_ms=GATE_MS,
                body=lambda n: question(own)),
        Measure("Alertmanager webhook, a group of 10", "/api/v1/webhooks/alertmanager",
                goal_ms=HOOK_MS, body=lambda n: alerts(10), records=10),
        Measure("1,000 steps in a list", f"/api/v1/platform/runs/{own}/steps",
                body=lambda n: steps(_LIST), records=_LIST),
        Measure("1,000 gateway calls in a list", f"/api/v1/platform/runs/{own}/mcp-calls",
                body=_calls, records=_LIST),
        Measure("1,000 channel events in a list", "/api/v1/platform/channel-events",
                body=_events, records=_LIST),
        Measure("1,000 evidence records in a list",
                f"/api/v1/platform/incidents/{world.incident(world.scale.runs - 1)}/evidence",
                body=lambda n: [{"verification_result": "success"} for _ in range(_LIST)],
                records=_LIST),
    ]  # fmt: skip


def waiting(world: World) -> tuple[str, ...]:
    """Answer the runs of the first project that wait for a decision."""
    from awooop import tenancy
    from runs.models import Approval

    project = world.projects[0]
    with tenancy.scope([project]):
        rows = Approval.objects.filter(project_id=project, status="pending", run__isnull=False)
        return tuple(str(each) for each in rows.values_list("run_id", flat=True)[:200])


def _run(number: int) -> dict[str, Any]:
    return {"run_id": str(uuid4()), "agent_id": "bench-agent", "trigger_ref": f"bench {number}"}


def steps(size: int) -> list[dict[str, Any]]:
    """Answer so many steps, numbered on."""
    return [
        {"step_seq": 1_000 + next(_serial), "tool_name": "kubernetes.get", "latency_ms": 12}
        for _ in range(size)
    ]


def question(own: str) -> dict[str, Any]:
    """Answer what an agent asks the gateway before it calls a tool."""
    asked = {"agent_id": WORKER, "tool_name": "kubernetes.get", "required_scope": "read"}
    return {"run_id": own, **asked}


def _calls(number: int) -> list[dict[str, Any]]:
    one = {"tool_name": "kubernetes.get", "result_status": "success", "latency_ms": 12}
    return [one] * _LIST


def _events(number: int) -> list[dict[str, Any]]:
    return [
        {"channel_type": "ci", "provider_event_id": str(uuid4()), "content": "A build is done."}
        for _ in range(_LIST)
    ]


def alerts(size: int) -> dict[str, Any]:
    """Answer the notification of a new group of alerts."""
    group = f"bench-{uuid4()}"
    alerts = [
        {
            "status": "firing",
            "labels": {"alertname": group, "severity": "warning", "instance": f"node-{number}"},
            "annotations": {"summary": "The disk will be full soon."},
            "startsAt": "2026-11-20T00:00:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.example",
            "fingerprint": uuid4().hex[:16],
        }
        for number in range(size)
    ]
    return {
        "version": "4",
        "groupKey": f'{{}}:{{alertname="{group}"}}',
        "status": "firing",
        "receiver": "awooop",
        "groupLabels": {"alertname": group},
        "commonLabels": {"alertname": group},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example",
        "alerts": alerts,
    }
