"""Everything about one run; each list is bounded, the timeline reaches all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from runs import status_chain
from runs.actions.links import events_of
from runs.models import ChannelEvent, McpCall, OutboundMessage, Run, Step
from runs.selectors import evidence, remediation, timeline

LIMIT = 100
_RUN_FIELDS = (
    "run_id", "project_id", "agent_id", "state", "is_shadow", "trace_id", "trigger_type",
    "trigger_ref", "worker_id", "cost_usd", "step_count", "attempt_count", "max_attempts",
    "error_code", "error_detail", "created_at", "started_at", "completed_at", "timeout_at",
    "heartbeat_at", "remediation_status",
)  # fmt: skip
_STEP_FIELDS = (
    "step_id", "step_seq", "tool_name", "result_status", "summary", "was_blocked", "block_reason",
    "error_code", "latency_ms", "created_at", "completed_at",
)  # fmt: skip
_EVENT_FIELDS = (
    "event_id", "channel_type", "provider_event_id", "channel_chat_id", "content_preview",
    "content_redacted", "is_duplicate", "is_refused", "received_at", "source_envelope",
)  # fmt: skip
_MESSAGE_FIELDS = (
    "message_id", "channel_type", "message_type", "recipient", "content_preview", "send_status",
    "send_error", "attempt_count", "next_attempt_at", "provider_message_id", "queued_at",
    "sent_at", "triggered_by_state", "callback_action", "incident_id",
)  # fmt: skip
_CALL_FIELDS = (
    "call_id", "agent_id", "tool_name", "result_status", "block_gate", "block_reason",
    "gate_result", "latency_ms", "created_at",
)  # fmt: skip


def detail(run: Run, incidents: Sequence[str], page: timeline.TimelinePage) -> dict[str, Any]:
    """Answer the run's detail as the API gives it, with a page of its timeline.

    The status chain is that of its first incident; null where it belongs to none.
    """
    chain = status_chain.of_runs([run], {run.run_id: incidents}).get(run.run_id)
    return {
        "run": run_fields(run, incidents),
        "steps": _latest(steps(run), ("step_seq",), _STEP_FIELDS)[::-1],
        "inbound_events": _latest(inbound(run), ("received_at", "event_id"), _EVENT_FIELDS),
        "outbound_messages": _latest(outbound(run), ("queued_at", "message_id"), _MESSAGE_FIELDS),
        "mcp_calls": _latest(mcp_calls(run), ("created_at", "call_id"), _CALL_FIELDS),
        "mcp_gateway": gateway_summary(run),
        "mcp_legacy": evidence.mcp_legacy(run.project_id, incidents),
        "remediation_history": evidence.remediation_history(run.project_id, incidents),
        "status_chain": chain.as_dict() if chain else None,
        "timeline": page.items,
        "timeline_next_cursor": page.next_cursor,
        "timeline_prev_cursor": page.prev_cursor,
        "counts": counts(run, incidents),
    }


def run_fields(run: Run, incidents: Sequence[str]) -> dict[str, Any]:
    """Answer the run's own fields, its incidents and the summary of its remediation."""
    fields = {name: getattr(run, name) for name in _RUN_FIELDS}
    summary = remediation.summaries([run])[run.run_id]
    return {**fields, "incident_ids": list(incidents), "remediation_summary": summary}


def steps(run: Run) -> QuerySet[Step]:
    """Answer the run's steps, unordered."""
    return Step.objects.filter(project_id=run.project_id, run_id=run.run_id)


def inbound(run: Run) -> QuerySet[ChannelEvent]:
    """Answer the inbound events that belong to the run, unordered."""
    return ChannelEvent.objects.filter(events_of(run), project_id=run.project_id)


def outbound(run: Run) -> QuerySet[OutboundMessage]:
    """Answer the run's outbound messages, unordered."""
    return OutboundMessage.objects.filter(project_id=run.project_id, run_id=run.run_id)


def mcp_calls(run: Run) -> QuerySet[McpCall]:
    """Answer the run's calls through the gateway, unordered."""
    return McpCall.objects.filter(project_id=run.project_id, run_id=run.run_id)


def _latest(
    rows: QuerySet[Any], order: Sequence[str], columns: Sequence[str]
) -> list[dict[str, Any]]:
    newest_first = [f"-{name}" for name in order]
    return list(rows.order_by(*newest_first).values(*columns)[:LIMIT])


def gateway_summary(run: Run) -> dict[str, Any]:
    """Answer what the run's gateway calls come to; `allowed` calls have no outcome yet."""
    totals: dict[str, Counter[str]] = {
        name: Counter() for name in ("status", "by_tool", "by_agent", "by_block_gate")
    }
    enforced = shadow = 0
    for tool, agent, gate, status, count, enforced_here, shadow_here in _gateway_groups(run):
        groups = {"status": status, "by_tool": tool, "by_agent": agent, "by_block_gate": gate}
        for name, value in groups.items():
            if value is not None:
                totals[name][value] += count
        enforced += enforced_here
        shadow += shadow_here
    by_status = totals.pop("status")
    return {
        "total": by_status.total(),
        **{name: by_status[name] for name in ("success", "failed", "blocked", "allowed")},
        "policy_enforced": enforced,
        "shadow": shadow,
        **{name: dict(counter.most_common()) for name, counter in totals.items()},
    }


def _gateway_groups(run: Run) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_GATEWAY, [run.project_id, run.run_id])
        return cursor.fetchall()


def counts(run: Run, incidents: Sequence[str]) -> dict[str, int]:
    """Answer how many records of each kind the run has, in one statement."""
    params = {
        "project_id": run.project_id,
        "run_id": run.run_id,
        "incident_ids": list(incidents),
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, params)
        names = [column.name for column in cursor.description]
        found = dict(zip(names, cursor.fetchone(), strict=True))
    return {**found, "inbound_events": inbound(run).count(), "incidents": len(incidents)}


_GATEWAY = """
select tool_name, agent_id, block_gate, result_status, count(*),
       count(*) filter (where gate_result->'policy_enforced' = 'true'),
       count(*) filter (where gate_result->'is_shadow' = 'true')
  from runs_mcpcall where project_id = %s and run_id = %s group by 1, 2, 3, 4
"""
_OF_RUN = "where project_id = %(project_id)s and run_id = %(run_id)s"
_OF_INCIDENTS = "where project_id = %(project_id)s and incident_id = any(%(incident_ids)s)"
_COUNTS = f"""
select (select count(*) from runs_step {_OF_RUN}) as steps,
       (select count(*) from runs_outboundmessage {_OF_RUN}) as outbound_messages,
       (select count(*) from runs_mcpcall {_OF_RUN}) as mcp_calls,
       (select count(*) from runs_approval {_OF_RUN}) as approvals,
       (select count(*) from runs_legacymcprecord {_OF_INCIDENTS}) as mcp_legacy,
       (select count(*) from runs_remediationrecord {_OF_INCIDENTS}) as remediation
"""  # noqa: S608
