"""Everything about one run; each list is bounded, the timeline reaches all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from awooop import together
from awooop.together import Asking, Row
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


def detail(run: Run, incidents: Sequence[str], **asked: Any) -> dict[str, Any]:
    """Answer the run's detail as the API gives it, with the page of its timeline that is `asked`
    for (`timeline.asking`): two statements.

    The status chain is that of its first incident; null where it belongs to none.
    """
    of_run = {run.run_id: list(incidents)}
    page, summaries, chains, legacy, history, counts, records = together.answers(
        timeline.asking(run, incidents, **asked),
        remediation.asking([run], of_run),
        status_chain.asking_of_runs([run], of_run),
        evidence.asking_mcp_legacy(run.project_id, incidents),
        evidence.asking_remediation_history(run.project_id, incidents),
        asking_counts(run, incidents),
        together.each(_records(run)),
    )
    chain = chains.get(run.run_id)
    return {
        "run": {
            **{name: getattr(run, name) for name in _RUN_FIELDS},
            "incident_ids": list(incidents),
            "remediation_summary": summaries[run.run_id],
        },
        **records,
        "mcp_legacy": legacy,
        "remediation_history": history,
        "status_chain": chain.as_dict() if chain else None,
        "timeline": page.items,
        "timeline_next_cursor": page.next_cursor,
        "timeline_prev_cursor": page.prev_cursor,
        "counts": counts,
    }


def _records(run: Run) -> dict[str, together.Read]:
    """Ask for the run's own records, the latest of each kind, and what they come to."""
    return {
        "steps": _latest(steps(run), ("step_seq",), _STEP_FIELDS).then(_oldest_first),
        "inbound_events": _latest(inbound(run), ("received_at", "event_id"), _EVENT_FIELDS),
        "outbound_messages": _latest(outbound(run), ("queued_at", "message_id"), _MESSAGE_FIELDS),
        "mcp_calls": _latest(mcp_calls(run), ("created_at", "call_id"), _CALL_FIELDS),
        "mcp_gateway": gateway_summary(run),
    }


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


def _latest(rows: QuerySet[Any], order: Sequence[str], columns: Sequence[str]) -> together.Read:
    newest_first = [f"-{name}" for name in order]
    return together.objects(rows.order_by(*newest_first).values(*columns)[:LIMIT])


def _oldest_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return rows[::-1]


def gateway_summary(run: Run) -> together.Read:
    """Ask what the run's gateway calls come to; `allowed` calls have no outcome yet."""
    return together.tuples(_GATEWAY, [run.project_id, run.run_id]).then(_summed_up)


def _summed_up(groups_of_calls: Sequence[Row]) -> dict[str, Any]:
    totals: dict[str, Counter[str]] = {
        name: Counter() for name in ("status", "by_tool", "by_agent", "by_block_gate")
    }
    enforced = shadow = 0
    for tool, agent, gate, status, count, enforced_here, shadow_here in groups_of_calls:
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


def asking_counts(run: Run, incidents: Sequence[str]) -> Asking[dict[str, int]]:
    """Ask how many records of each kind the run has."""
    rest = {"project_id": run.project_id, "run_id": run.run_id, "incident_ids": list(incidents)}
    found, inbound_events = yield together.one(_COUNTS, rest), together.count(inbound(run))
    return {**found, "inbound_events": inbound_events, "incidents": len(incidents)}


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
