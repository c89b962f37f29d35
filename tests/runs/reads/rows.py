"""Rows for the tests of reads, made as the product makes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from awooop import identity, tenancy
from awooop.models import ApiKey
from runs.actions import links, remediation
from runs.models import (
    ChannelEvent,
    LegacyMcpRecord,
    McpCall,
    OutboundMessage,
    RemediationRecord,
    Run,
    Step,
)

START = datetime(2026, 11, 1, 8, tzinfo=UTC)
INCIDENT = "INC-20261101-AAAA"


def at(seconds: float) -> datetime:
    """A moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def all_project_key() -> str:
    """Make a key for every project, with the scope `read`; answers its text."""
    secret = "s" * 43
    with tenancy.registry():
        ApiKey.objects.create(
            name="all", prefix="allofit1", hash=identity.hash_secret(secret), scopes=["read"]
        )
    return f"awp_allofit1_{secret}"


def item(incident_id: str = INCIDENT, project_id: str = "awoooi", **values: Any):
    """Write a remediation record as the API does: the runs' status is kept right."""
    defaults = {"mode": "dry_run", "success": True, "allowed": True, "created_at": at(0)}
    remediation.lock_incidents(project_id, [incident_id])
    made = RemediationRecord.objects.create(
        project_id=project_id, incident_id=incident_id, **{**defaults, **values}
    )
    remediation.refresh_incidents(project_id, [incident_id])
    return made


def legacy(incident_id: str = INCIDENT, project_id: str = "awoooi", **values: Any):
    """Write a legacy MCP record as the API does."""
    defaults = {"mcp_server": "k8s", "tool_name": "get_pods", "created_at": at(0)}
    remediation.lock_incidents(project_id, [incident_id])
    made = LegacyMcpRecord.objects.create(
        project_id=project_id, incident_id=incident_id, **{**defaults, **values}
    )
    remediation.refresh_incidents(project_id, [incident_id])
    return made


def step(run: Run, seq: int, **values: Any) -> Step:
    """Write a step."""
    defaults = {"tool_name": f"tool.{seq}", "created_at": at(seq)}
    return Step.objects.create(
        run=run, project_id=run.project_id, step_seq=seq, **{**defaults, **values}
    )


def call(run: Run, **values: Any) -> McpCall:
    """Write a gateway call."""
    defaults = {"agent_id": run.agent_id, "tool_name": "k8s.get", "result_status": "success"}
    return McpCall.objects.create(
        run=run, project_id=run.project_id, **{**defaults, "created_at": at(1), **values}
    )


def event(project_id: str = "awoooi", **values: Any) -> ChannelEvent:
    """Write an inbound event and link its runs."""
    defaults = {"channel_type": "alertmanager", "received_at": at(0)}
    made = ChannelEvent.objects.create(project_id=project_id, **{**defaults, **values})
    links.for_events([made])
    return made


def message(run: Run, **values: Any) -> OutboundMessage:
    """Write an outbound message and link its run."""
    defaults = {"channel_type": "telegram", "message_type": "interim", "queued_at": at(0)}
    made = OutboundMessage.objects.create(
        run=run, project_id=run.project_id, **{**defaults, **values}
    )
    links.for_messages([made])
    return made
