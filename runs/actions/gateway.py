"""Ask whether an agent may call a tool, and report how the call went.

Every answer leaves an McpCall. What is refused of a call that writes, and what was refused because
judging itself failed, is in the audit chain, too; so is each token that a call uses up. A refused
read is not: the chain is one line per project, and an agent that asks in a loop would hold it up.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import structlog
from django.db import DatabaseError, InterfaceError, connection, transaction
from psycopg.types.json import Jsonb

from awooop import permissions, stops
from awooop.actions import audit
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Conflict, NotFound, Refused
from awooop.redaction import redact_json
from runs import policies
from runs.actions import gateway_tokens
from runs.gateway import facts, totals
from runs.gateway.gates import Question, Verdict, judge, needs_token
from runs.models import McpCall, McpStatus, Run

log = structlog.get_logger(__name__)
_COLUMNS = (
    "call_id", "run_id", "project_id", "agent_id", "tool_name", "result_status", "block_gate",
    "block_reason", "gate_result", "by_gateway", "created_at",
)  # fmt: skip
_INSERT = (
    f"insert into runs_mcpcall ({', '.join(_COLUMNS)}) "  # noqa: S608 - fixed names
    f"values ({', '.join(['%s'] * len(_COLUMNS))}) on conflict do nothing returning call_id"
)


@dataclass(frozen=True)
class Asked:
    """What a worker asks before it calls a tool.

    `annotations` are the MCP server's own words about the tool: kept, and believed in nothing.
    """

    run_id: UUID
    agent_id: str
    tool_name: str
    required_scope: str
    arguments_digest: str | None = None
    approval_token: str | None = None
    annotations: dict[str, Any] | None = None
    call_id: UUID | None = None
    worker_id: str | None = None
    project_id: str | None = None


def authorize(*, by: Caller, asked: Asked) -> McpCall:
    """Judge a call by the five gates, use its token up if they let it pass, and keep the verdict.

    The same `call_id` again answers the first verdict. Fails closed: where judging itself fails,
    the call is refused by the gate `gateway`. Raises NotFound, NotAllowed, or Conflict: the run is
    another worker's, the `call_id` is another call's, or what it was allowed is stopped since; a
    database that is gone is the caller's to tell (503).
    """
    try:
        # What was written has to be undone where the rest fails; a plain read, of which the record
        # is the last thing written, is spared the savepoint.
        is_plain = not (asked.approval_token or asked.call_id)
        with nullcontext() if is_plain else transaction.atomic():
            return _authorize(by, asked)
    except (Refused, DatabaseError, InterfaceError):
        raise  # what the database refuses it cannot keep a record of, either
    except Exception as error:
        log.exception("gateway_failed", run_id=str(asked.run_id), tool_name=asked.tool_name)
        with transaction.atomic():
            return _refuse_for_failure(by, asked, error)


def _authorize(by: Caller, asked: Asked) -> McpCall:
    at = now()
    found = _situation(by, asked, at)
    run, contract = found.run, found.contract
    held = _same_again(run, asked)
    if held is not None:
        return _still(held, found)
    question = Question(
        tools=facts.tools_of(contract),
        contract=str(contract) if contract else asked.agent_id,
        tool=asked.tool_name,
        scope=asked.required_scope,
        is_project_active=run.project.is_active,
        agent_refused=facts.other_agent(run, asked.agent_id),
        over_budget=facts.run_is_over(run, at) or facts.spent_out(run.project, found.spent),
        is_shadow=facts.is_shadow(run.project, run),
        stopped=stops.told(found.stop) if found.stop else "",
    )
    shown = gateway_tokens.show(by, run, contract, asked, question)
    verdict = judge(shown.question)
    named = {**facts.named(contract), **facts.named_stop(found.stop)}
    about = {**verdict.result, **_about(asked), **named, **shown.details}
    totals.note(run.project_id, verdict.gate, is_refused=verdict.is_refused)
    call = _keep_call(run, asked, verdict, about)
    if verdict.is_refused and needs_token(asked.required_scope):
        _record(by, call, verdict.gate, verdict.reason)
    return call


def _situation(by: Caller, asked: Asked, at: datetime) -> facts.Situation:
    projects = permissions.readable_projects(by, asked.project_id)
    # A token is used up, and a call of one id judged, once: under the run's lock.
    lock = bool(asked.call_id or (asked.approval_token and needs_token(asked.required_scope)))
    call = facts.Call(asked.run_id, asked.agent_id, asked.tool_name)
    found = facts.situation(call, projects, at, lock=lock)
    if found is None:
        raise NotFound("No such run, or none that you may see.")
    permissions.check_can(by, "ingest", found.run.project_id)
    _check_holds(by, found.run, asked.worker_id)
    return found


def _check_holds(by: Caller, run: Run, worker_id: str | None) -> None:
    worker_key = by.api_key.origin if by.api_key else ""
    policies.check_holds(run, worker_key=worker_key, worker_id=worker_id)


def _same_again(run: Run, asked: Asked) -> McpCall | None:
    if asked.call_id is None:
        return None
    held = McpCall.objects.filter(call_id=asked.call_id, project_id=run.project_id).first()
    if held is None:
        return None
    before = (held.run_id, held.agent_id, held.tool_name, held.by_gateway)
    digest, scope = (held.gate_result.get(n) for n in ("arguments_digest", "required_scope"))
    same = before == (run.run_id, asked.agent_id, asked.tool_name, True)
    if not same or (digest, scope) != (asked.arguments_digest, asked.required_scope):
        raise _taken()
    return held


def _still(held: McpCall, found: facts.Situation) -> McpCall:
    """Answer the first verdict again; what it allowed is not allowed once it is stopped."""
    if found.stop is not None and held.result_status != McpStatus.BLOCKED:
        raise stops.Stopped(found.stop)
    return held


def _about(asked: Asked) -> dict[str, Any]:
    """Answer what the verdict's record keeps of the question itself."""
    about: dict[str, Any] = {"arguments_digest": asked.arguments_digest}
    if asked.annotations:
        about["untrusted_hints"] = redact_json(asked.annotations)[0]
    return about


def _keep_call(run: Run, asked: Asked, verdict: Verdict, about: dict[str, Any]) -> McpCall:
    refused = verdict.is_refused
    call = McpCall(
        call_id=asked.call_id or uuid4(),
        run_id=run.run_id,
        project_id=run.project_id,
        agent_id=asked.agent_id,
        tool_name=asked.tool_name,
        result_status=(McpStatus.BLOCKED if refused else McpStatus.ALLOWED).value,
        block_gate=verdict.gate if refused else None,
        block_reason=(verdict.reason or "")[:500] if refused else None,
        gate_result=about,
        by_gateway=True,
    )
    values = [getattr(call, name) for name in _COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [Jsonb(one) if isinstance(one, dict) else one for one in values])
        if cursor.fetchone() is None:
            raise _taken()
    return call


def _taken() -> Conflict:
    return Conflict("This call_id cannot be used: it is another call's.", code="id_taken")


def _refuse_for_failure(by: Caller, asked: Asked, error: Exception) -> McpCall:
    """Keep that a call was refused because judging it failed, whatever the run's mode."""
    run = _situation(by, asked, now()).run
    reason = f"The gateway could not judge this call ({type(error).__name__}); it refuses."
    gates = [{"name": totals.GATEWAY, "ok": False, "why": reason}]
    result = {"required_scope": asked.required_scope, "policy_enforced": True, "gates": gates}
    result |= {"is_shadow": run.is_shadow, **_about(asked)}
    verdict = Verdict(totals.GATEWAY, reason, result)
    call = _keep_call(run, asked, verdict, result)
    totals.note(run.project_id, totals.GATEWAY, is_refused=True)
    _record(by, call, totals.GATEWAY, reason)
    return call


def _record(by: Caller, call: McpCall, gate: str | None, reason: str | None) -> None:
    details = {
        "agent_id": call.agent_id,
        "tool_name": call.tool_name,
        "required_scope": call.gate_result["required_scope"],
        "gate": gate,
        "reason": reason,
        "token_refused": call.gate_result.get("token_refused"),
        "approval_token_jti": call.gate_result.get("approval_token_jti"),
        "stop_id": call.gate_result.get("stop_id"),
    }
    entry = audit.Entry(
        "mcp.call.refused", "mcp_call", str(call.call_id), details, run_id=call.run_id
    )
    audit.append(project_id=call.project_id, by=by, entry=entry)


@transaction.atomic
def report(
    *,
    by: Caller,
    call_id: UUID,
    outcome: str,
    latency_ms: int | None = None,
    worker_id: str | None = None,
    project_id: str | None = None,
) -> tuple[McpCall, bool]:
    """Keep how an allowed call went; answers it, and whether that was news.

    The same report again is a no-op. Raises NotFound, NotAllowed, or Conflict: the run is another
    worker's, the call was blocked, or has another outcome already.
    """
    projects = permissions.readable_projects(by, project_id)
    rows = McpCall.objects.select_for_update(of=("self",)).select_related("run")
    call = rows.filter(call_id=call_id, project_id__in=projects).first()
    if call is None:
        raise NotFound("No such call, or none that you may see.")
    permissions.check_can_write(by, "ingest", call.project_id)
    if call.run is not None:
        _check_holds(by, call.run, worker_id)
    if call.result_status == McpStatus.BLOCKED:
        raise Conflict("The call was blocked: it has no outcome.", code="call_blocked")
    if call.result_status != McpStatus.ALLOWED:
        if (call.result_status, call.latency_ms) != (outcome, latency_ms):
            raise Conflict("The call has another outcome already.", code="outcome_taken")
        return call, False
    call.result_status, call.latency_ms = outcome, latency_ms
    call.save(update_fields=["result_status", "latency_ms"])
    return call, True
