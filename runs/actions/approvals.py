"""Ask for an approval, decide on it, extend it. Page, API, Telegram, admin and task all come
here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from awooop import counters, permissions, stops
from awooop.actions import audit
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Conflict, Invalid, NotAllowed, NotFound
from awooop.redaction import redact
from runs import policies, signals
from runs.actions import approval_messages, tokens
from runs.actions.transitions import lock_run, open_run, transition
from runs.digests import digest_of
from runs.gateway import facts
from runs.models import (
    Approval,
    ApprovalStatus,
    ApprovalToken,
    Decision,
    Playbook,
    Run,
    RunState,
)

REASON_AT_MOST = 500
SUMMARY_AT_MOST = 128
EXTENSION_S = (60, 30 * 86_400)
# The vote, and the approvals that were there before it, which this statement still sees.
_VOTE = """
with voted as (
  insert into runs_approvalvote
         (approval_id, project_id, approver, approver_label, decision, reason, created_at)
  values (%(approval)s, %(project)s, %(approver)s, %(label)s, %(decision)s, %(reason)s, %(at)s)
  on conflict (approval_id, approver) do nothing returning 1
)
select exists (select from voted),
       (select count(*) from runs_approvalvote
         where approval_id = %(approval)s and decision = 'approve')
"""
_JOURNAL = """
with counted as (
  update runs_run set step_count = step_count + 1 where run_id = %(run)s
)
insert into runs_step (step_id, run_id, project_id, step_seq, tool_name, result_status, summary,
                       was_blocked, created_at, completed_at)
select %(step)s, %(run)s, %(project)s,
       (select coalesce(max(step_seq), 0) + 1 from runs_step where run_id = %(run)s),
       %(tool)s, 'success', %(summary)s, false, %(at)s, %(at)s
"""


@dataclass(frozen=True)
class Outcome:
    """What a decision did: the run's new state, and the token if this decision ended the
    approval."""

    approval: Approval
    run: Run | None
    decision: str
    new_state: str
    token: ApprovalToken | None


@transaction.atomic
def request(
    *,
    by: Caller,
    run_id: UUID,
    tool_name: str,
    suggested_action: str,
    risk_level: str,
    arguments: dict[str, Any] | None = None,
    incident_id: str | None = None,
    expires_in_s: int | None = None,
    required_approvals: int = 1,
    playbook_id: UUID | None = None,
    worker_id: str | None = None,
    project_id: str | None = None,
) -> Approval:
    """Ask for a decision: the run waits and the notification is queued, in one transaction.

    Raises NotFound, Invalid for a playbook that the project has not, or Conflict where the run is
    not running or is another worker's.
    """
    run = open_run(by, "ingest", run_id, project_id)
    policies.check_can_request_approval(run)
    worker_key = by.api_key.origin if by.api_key else ""
    policies.check_holds(run, worker_key=worker_key, worker_id=worker_id)
    at = now()
    approval = Approval(
        project_id=run.project_id,
        run=run,
        agent_id=run.agent_id,
        incident_id=incident_id or _first_incident(run),
        playbook_id=_playbook_of(run, playbook_id),
        tool_name=tool_name,
        arguments=arguments or {},
        contract_revision=facts.contract_of(run.project_id, run.agent_id),
        suggested_action=redact(suggested_action).text[:4000],
        risk_level=risk_level,
        required_approvals=required_approvals,
        requested_by=by.ident,
        requested_at=at,
        expires_at=at + timedelta(seconds=expires_in_s or settings.APPROVAL_EXPIRES_S),
    )
    approval.digest = digest_of(approval)
    approval.save(force_insert=True)
    transition(run, RunState.WAITING_APPROVAL, by=by)
    approval.notification = approval_messages.ask(approval, run)
    approval.save(update_fields=["notification"])
    counters.add("awooop_approvals_requested", project_id=run.project_id, risk_level=risk_level)
    signals.approvals_requested.send(sender=Approval, approvals=[approval], by=by)
    return approval


def _playbook_of(run: Run, playbook_id: UUID | None) -> UUID | None:
    known = Playbook.objects.filter(pk=playbook_id, project_id=run.project_id)
    if playbook_id is not None and not known.exists():
        raise Invalid({"playbook_id": _("no such playbook, or none that you may see")})
    return playbook_id


def _first_incident(run: Run) -> str | None:
    return run.incident_links.order_by("position").values_list("incident_id", flat=True).first()


@transaction.atomic
def decide_run(
    *, by: Caller, run_id: UUID, decision: str, reason: str = "", project_id: str | None = None
) -> Outcome:
    """Decide on the approval that a run waits for; see `decide_locked`."""
    run = open_run(by, "approval.decide", run_id, project_id)
    pending = Approval.objects.filter(run=run, status=ApprovalStatus.PENDING)
    return decide_locked(by, run, pending.select_for_update().first(), decision, reason)


@transaction.atomic
def decide(
    *, by: Caller, approval_id: UUID, decision: str, reason: str = "", digest: str | None = None
) -> Outcome:
    """Decide on one approval; `digest` is the one that the person was shown, if any.

    Raises Conflict `approval_changed` where it is another by now; for the rest see
    `decide_locked`.
    """
    run, approval = _open(by, "approval.decide", approval_id)
    if digest is not None:
        check_same(approval, digest)
    return decide_locked(by, run, approval, decision, reason)


def check_same(approval: Approval, digest: str) -> None:
    """Raise Conflict `approval_changed` where the action is not the one that was shown."""
    if digest != approval.digest:
        raise Conflict(
            _("The approval changed since you opened it. Look at it again before you decide."),
            code="approval_changed",
            state=approval.status,
        )


def _open(
    by: Caller, operation: str, approval_id: UUID, project_id: str | None = None
) -> tuple[Run | None, Approval]:
    """Answer the approval with its run, both locked, for a write that the caller may do to it."""
    projects = permissions.readable_projects(by, project_id)
    seen = Approval.objects.filter(pk=approval_id, project_id__in=projects).first()
    if seen is None:
        raise NotFound(_("No such approval, or none that you may see."))
    permissions.check_can_write(by, operation, seen.project_id)
    run = lock_run(seen.run_id, projects) if seen.run_id else None
    return run, Approval.objects.select_for_update().get(pk=approval_id)


def check_decidable(
    by: Caller, run: Run | None, approval: Approval | None, at: datetime
) -> Approval:
    """Answer the approval; raises Conflict where nothing waits, NotAllowed for the requester."""
    policies.check_can_decide(run, approval, at)
    assert approval is not None
    if approval.requested_by == by.ident:
        raise NotAllowed(
            _("Who asked for an approval may not decide on it."), code="requester_may_not_decide"
        )
    return approval


def decide_locked(
    by: Caller,
    run: Run | None,
    approval: Approval | None,
    decision: str,
    reason: str,
    *,
    batch: str = "",
) -> Outcome:
    """Take one vote under the locks of run and approval, and end the approval if it decides.

    1. check that the state allows it and that the caller is not the requester; what is stopped can
       be rejected and not approved;
    2. the vote, once per approver;
    3. enough approvals: token, run goes on; a rejection: the run is cancelled;
    4. the journal's step and the audit record, with the fingerprint of the `batch` it is part of.

    Raises Conflict (Stopped among them), NotAllowed (the requester) or Invalid.
    """
    if decision not in Decision.values:
        raise Invalid(
            {"decision": _("must be one of %(allowed)s") % {"allowed": ", ".join(Decision.values)}}
        )
    at = now()
    approval = check_decidable(by, run, approval, at)
    if decision == Decision.APPROVE:
        agent_id = run.agent_id if run else ""
        stops.check(approval.project_id, agent_id=agent_id, tool_name=approval.tool_name)
    policies.check_confirmed(approval, by)
    reason = redact(reason).text[:REASON_AT_MOST]
    approvals = _vote(approval, by, decision, reason, at)
    if decision == Decision.APPROVE and approvals < approval.required_approvals:
        _record(approval, run, by, "run.approval.vote", decision, reason)
        state = run.state if run else approval.status
        return Outcome(approval, run, decision, state, None)
    token = _end(approval, run, by, decision, at)
    if run:
        _journal(run, by, decision, reason, at)
    _record(approval, run, by, f"run.approval.{decision}", decision, reason, batch)
    counters.add("awooop_approvals_decided", project_id=approval.project_id, decision=decision)
    signals.approval_decided.send(sender=Approval, approval=approval, by=by)
    signals.approvals_ended.send(sender=Approval, approvals=[approval], by=by)
    return Outcome(approval, run, decision, run.state if run else approval.status, token)


def _vote(approval: Approval, by: Caller, decision: str, reason: str, at: datetime) -> int:
    """Write a vote, once per approver; answers how many approve by now."""
    given = {
        "approval": approval.pk,
        "project": approval.project_id,
        "approver": by.ident,
        "label": by.label[:254],
        "decision": decision,
        "reason": reason,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_VOTE, given)
        is_new, others = cursor.fetchone()
    if not is_new:
        raise Conflict(
            _("You have voted on this approval already."),
            code="already_voted",
            state=RunState.WAITING_APPROVAL,
        )
    return others + (decision == Decision.APPROVE)


def _end(
    approval: Approval, run: Run | None, by: Caller, decision: str, at: datetime
) -> ApprovalToken | None:
    approved = decision == Decision.APPROVE
    approval.status = ApprovalStatus.APPROVED if approved else ApprovalStatus.REJECTED
    approval.disposition = "human_approved" if approved else "human_rejected"
    approval.resolved_at = at
    approval.save(update_fields=["status", "disposition", "resolved_at"])
    if run is None:
        return tokens.issue(approval, by) if approved else None
    if approved:
        transition(run, RunState.RUNNING, by=by)
        return tokens.issue(approval, by)
    transition(run, RunState.CANCELLED, by=by, error_code="E-APPR-REJECTED")
    return None


def _journal(run: Run, by: Caller, decision: str, reason: str, at: datetime) -> None:
    """Write the decision into the journal of a locked run, after its last step."""
    summary = f"approver={by.label}; decision={decision}; reason={reason}"
    given = {
        "step": uuid4(),
        "run": run.pk,
        "project": run.project_id,
        "tool": f"operator_console.{decision}",
        "summary": summary[:SUMMARY_AT_MOST],
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_JOURNAL, given)
    run.step_count += 1


@transaction.atomic
def extend(
    *, by: Caller, approval_id: UUID, seconds: int, reason: str, project_id: str | None = None
) -> Approval:
    """Give a waiting approval more time, from its present end; the digest binds the new end.

    Raises NotFound, NotAllowed, Invalid, or Conflict where it does not wait or its time is over.
    """
    run, approval = _open(by, "approval.extend", approval_id, project_id)
    _check_extension(seconds, reason)
    policies.check_can_decide(run, approval, now())
    if approval.expires_at is None:
        raise Conflict(_("This approval does not expire."), code="no_expiry", state=approval.status)
    before = approval.expires_at
    approval.expires_at = before + timedelta(seconds=seconds)
    approval.half_time_reminded_at = approval.last_call_reminded_at = None
    approval.digest = digest_of(approval)
    approval.save(
        update_fields=["expires_at", "digest", "half_time_reminded_at", "last_call_reminded_at"]
    )
    details = {"from": before, "to": approval.expires_at, "reason": redact(reason).text}
    entry = audit.Entry(
        "run.approval.extend", "approval", str(approval.pk), details, run_id=approval.run_id
    )
    audit.append(project_id=approval.project_id, by=by, entry=entry)
    return approval


def _check_extension(seconds: int, reason: str) -> None:
    errors = {}
    least, most = EXTENSION_S
    if not least <= seconds <= most:
        errors["seconds"] = _("must be from %(least)s to %(most)s") % {"least": least, "most": most}
    if not 1 <= len(reason.strip()) <= REASON_AT_MOST:
        errors["reason"] = _("must have 1 to %(most)s characters") % {"most": REASON_AT_MOST}
    if errors:
        raise Invalid(errors)


def _record(
    approval: Approval,
    run: Run | None,
    by: Caller,
    action: str,
    decision: str,
    reason: str,
    batch: str = "",
) -> None:
    details = {
        "approval_id": approval.pk,
        "tool_name": approval.tool_name,
        "digest": approval.digest,
        "decision": decision,
        "reason": reason,
        **({"batch_fingerprint": batch} if batch else {}),
    }
    entry = audit.Entry(
        action, "approval", str(approval.pk), details, run_id=run.run_id if run else None
    )
    audit.append(project_id=approval.project_id, by=by, entry=entry)
