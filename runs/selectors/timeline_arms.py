"""The arms of the timeline's UNION ALL: where each kind is read, and which columns it shows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from runs.models import Run

APPROVAL_TOOLS = "operator_console."


@dataclass(frozen=True)
class Arm:
    """One table's items. `rank` orders those of one moment; `kind` and `source` (which builder
    reads them) are SQL: a row of the steps' table may be a step or a decision.
    """

    kinds: tuple[str, ...]
    kind: str
    source: str
    rank: int
    table: str
    ts: str
    ident: str
    columns: tuple[str, ...]
    where: str
    by_incident: bool = False


_OF_RUN = "row.project_id = %(project_id)s and row.run_id = %(run_id)s"
_OF_INCIDENT = "row.project_id = %(project_id)s and row.incident_id = wanted.incident_id"
_RUN_COLUMNS = (
    "run_id", "state", "agent_id", "trigger_type", "trigger_ref", "worker_id", "attempt_count",
    "error_code", "error_detail", "cost_usd",
)  # fmt: skip
_STEP_COLUMNS = (
    "step_id", "step_seq", "tool_name", "result_status", "summary", "was_blocked", "block_reason",
    "error_code", "latency_ms", "completed_at",
)  # fmt: skip
_EVENT_COLUMNS = (
    "event_id", "channel_type", "provider_event_id", "channel_chat_id", "content_preview",
    "is_duplicate", "is_refused",
)  # fmt: skip


def _arm(kind: str, source: str, *rest: Any, **more: Any) -> Arm:
    return Arm((kind,), f"'{kind}'", f"'{source}'", *rest, **more)


def _run_arm(source: str, rank: int, column: str) -> Arm:
    return _arm("run", source, rank, "runs_run", column, "run_id", _RUN_COLUMNS,
                f"{_OF_RUN} and row.{column} is not null")  # fmt: skip


def _event_arm(where: str) -> Arm:
    return _arm("inbound", "event", 1, "runs_channelevent", "received_at", "event_id",
                _EVENT_COLUMNS, where)  # fmt: skip


# Steps and decisions in one walk of the index: a walk for each would read all steps of a long run
# to find that none is a decision.
_STEP_KIND = "case when row.tool_name like %(approval_tools)s then 'approval' else 'step' end"
_STEPS_AND_APPROVALS = Arm(("step", "approval"), _STEP_KIND, _STEP_KIND, 5, "runs_step",
                           "created_at", "step_id", _STEP_COLUMNS, _OF_RUN)  # fmt: skip
_STEPS = replace(_STEPS_AND_APPROVALS, kinds=("step",),
                 where=f"{_OF_RUN} and row.tool_name not like %(approval_tools)s")  # fmt: skip
_APPROVALS = replace(_STEPS_AND_APPROVALS, kinds=("approval",),
                     where=f"{_OF_RUN} and row.tool_name like %(approval_tools)s")  # fmt: skip


_ARMS = (
    _run_arm("created", 0, "created_at"),
    _event_arm(_OF_RUN),
    _run_arm("started", 2, "started_at"),
    _arm("mcp", "call", 3, "runs_mcpcall", "created_at", "call_id",
        ("call_id", "agent_id", "tool_name", "result_status", "block_gate", "block_reason",
         "gate_result", "latency_ms"), _OF_RUN),
    _arm("mcp", "legacy", 4, "runs_legacymcprecord", "created_at", "id",
        ("id", "incident_id", "mcp_server", "tool_name", "agent_role", "success", "error_message",
         "duration_ms", "session_id", "flywheel_node"), _OF_INCIDENT, by_incident=True),
    _arm("remediation", "remediation", 7, "runs_remediationrecord", "created_at", "id",
        ("id", "incident_id", "work_item_id", "mode", "agent_id", "tool_name", "required_scope",
         "allowed", "success", "verification_result_preview", "writes_incident_state",
         "writes_auto_repair_result"), _OF_INCIDENT, by_incident=True),
    _arm("outbound", "message", 8, "runs_outboundmessage", "queued_at", "message_id",
        ("message_id", "channel_type", "message_type", "recipient", "content_preview",
         "send_status", "send_error", "sent_at", "attempt_count", "callback_action",
         "incident_id"), _OF_RUN),
    _run_arm("ended", 9, "completed_at"),
    _arm("note", "note", 10, "awooop_note", "created_at", "note_id",
        ("note_id", "author_label", "body", "edited_at", "struck_at", "struck_by"),
        "row.project_id = %(project_id)s and row.subject_type = 'run'"
        " and row.subject_id = %(subject_id)s"),
)  # fmt: skip

# An inbound event may belong to the run by the run's `trigger_ref` alone. Arms of their own: an OR
# of three columns is no index's; each leaves out what an arm before it has.
_NOT_OF_RUN = "row.project_id = %(project_id)s and row.run_id is distinct from %(run_id)s"
_BY_PROVIDER_ID = _event_arm(f"{_NOT_OF_RUN} and row.provider_event_id = %(trigger_ref)s")
_BY_EVENT_ID = _event_arm(
    f"{_NOT_OF_RUN} and row.event_id = %(trigger_id)s and row.provider_event_id <> %(trigger_ref)s"
)


def arms_of(run: Run, kinds: Collection[str]) -> list[Arm]:
    """Answer the arms that can hold items of this run, of these kinds."""
    arms = list(_ARMS)
    if run.trigger_ref:
        arms.append(_BY_PROVIDER_ID)
    if _as_uuid(run.trigger_ref):
        arms.append(_BY_EVENT_ID)
    if {"step", "approval"} <= set(kinds):
        arms.append(_STEPS_AND_APPROVALS)
    else:
        arms += [_STEPS, _APPROVALS]
    return [arm for arm in arms if set(arm.kinds) <= set(kinds)]


def params_of(run: Run, incident_ids: Sequence[str]) -> dict[str, Any]:
    """Answer what the arms ask for by name."""
    return {
        "project_id": run.project_id,
        "run_id": run.run_id,
        "subject_id": str(run.run_id),
        "trigger_ref": run.trigger_ref,
        "trigger_id": _as_uuid(run.trigger_ref),
        "incident_ids": list(incident_ids),
        "approval_tools": f"{APPROVAL_TOOLS}%",
    }


def union(arms: Sequence[Arm], *, backwards: bool, has_place: bool) -> str:
    """Answer the statement that merges the arms: rows of (ts, rank, id, kind, source, data)."""
    way = "desc" if backwards else "asc"
    parts = " union all ".join(_select(arm, way, has_place) for arm in arms)
    order = f"order by ts {way}, rank {way}, id {way} limit %(limit)s"
    return f"select * from ({parts}) item {order}"  # noqa: S608


def _select(arm: Arm, way: str, has_place: bool) -> str:
    rows = f"{arm.table} row where {arm.where}{_beyond(arm, way) if has_place else ''}"
    order = f"order by row.{arm.ts} {way}, row.{arm.ident} {way} limit %(limit)s"
    source = f"from {rows}"
    if arm.by_incident:
        source = (
            "from unnest(%(incident_ids)s::text[]) as wanted(incident_id) "  # noqa: S608
            f"cross join lateral (select * from {rows} {order}) row"
        )
    data = ", ".join(f"'{column}', row.{column}" for column in arm.columns)
    return (
        f"(select row.{arm.ts} as ts, {arm.rank} as rank, row.{arm.ident} as id, "
        f"{arm.kind} as kind, {arm.source} as source, jsonb_build_object({data}) as data "
        f"{source} {order})"
    )


def _beyond(arm: Arm, way: str) -> str:
    # The first comparison is a range of the index; the second makes it exact.
    sign = "<" if way == "desc" else ">"
    return (
        f" and row.{arm.ts} {sign}= %(ts)s and (row.{arm.ts}, {arm.rank}, row.{arm.ident})"
        f" {sign} (%(ts)s, %(rank)s::int, %(id)s::uuid)"
    )


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
