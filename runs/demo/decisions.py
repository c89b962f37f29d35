"""Approvals as they were asked for, decided, forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from awooop import callers
from awooop.actions.audit import Entry
from awooop.callers import Caller
from awooop.canonical import rfc3339
from runs.actions.approval_messages import page_of
from runs.actions.approvals import SUMMARY_AT_MOST
from runs.actions.reminders import LAST_CALL
from runs.demo import alerts
from runs.demo.case import Case
from runs.demo.catalogue import people, words
from runs.demo.work import Work
from runs.digests import digest_of
from runs.models import (
    Approval,
    ApprovalStatus,
    ApprovalToken,
    ApprovalVote,
    CallbackAction,
    Decision,
    MessageType,
    RiskLevel,
    RunState,
)

_VALID_FOR = tuple(timedelta(minutes=minutes) for minutes in (30, 60, 60, 120, 240))
_TOKEN_FOR = timedelta(minutes=15)
_BUTTONS = ("approve", "reject", "detail", "history")
_SWEEP = callers.system("approval expiry sweep")
_WORDS = {Decision.APPROVE: "核准", Decision.REJECT: "拒絕"}


def ask(
    case: Case,
    work: Work,
    *,
    valid_for: timedelta | None,
    quorum: int = 1,
    send_status: str | None = None,
) -> Approval:
    """The run asks and waits; the question goes out with its buttons."""
    fix, run, at = case.scenario.fix, work.run, work.pass_time(0.2, 1.5)
    approval = case.chapter.add(
        Approval(
            id=case.world.uuid("approval"),
            project_id=case.world.project_id,
            run=run,
            agent_id=run.agent_id,
            incident_id=case.ident,
            tool_name=fix.tool,
            arguments={name: case.say(value) for name, value in fix.arguments.items()},
            contract_revision=work.contract,
            suggested_action=case.say(fix.action),
            risk_level=fix.risk,
            required_approvals=quorum,
            requested_by=case.agent().ident,
            requested_at=at,
            expires_at=at + valid_for if valid_for else None,
        )
    )
    approval.digest = digest_of(approval)
    run.state = RunState.WAITING_APPROVAL
    if approval.expires_at:
        run.timeout_at = max(run.timeout_at, approval.expires_at + timedelta(hours=1))
    approval.notification = case.send(
        MessageType.APPROVAL_REQUEST,
        _question(case, approval),
        at=at,
        run=run,
        status=send_status,
        buttons=_buttons(approval),
        triggered_by_state=RunState.WAITING_APPROVAL,
    )
    return approval


def validity(case: Case) -> timedelta:
    """Answer for how long an approval is asked."""
    return case.world.pick(_VALID_FOR)


def decided_at(case: Case, approval: Approval) -> datetime:
    """Answer when somebody gets to it: soon by day, later at night, always in time."""
    world, asked = case.world, approval.requested_at
    is_day = 8 <= asked.astimezone(world.zone).hour < 22
    waited = world.span(40, 840) if is_day else world.span(200, 3000)
    if approval.expires_at:
        waited = min(waited, (approval.expires_at - asked) * 9 / 10)
    return asked + waited


def approve(
    case: Case, work: Work, approval: Approval, at: datetime | None = None
) -> ApprovalToken:
    """Enough people approve; the run goes on with a token."""
    at = at or decided_at(case, approval)
    voters = case.world.rng.sample(people.EMAILS, approval.required_approvals)
    for email in voters[:-1]:
        first_at = approval.requested_at + (at - approval.requested_at) / 2
        vote(case, approval, email, Decision.APPROVE, first_at, is_last=False)
    remind(case, work, approval, until=at)
    by = _decide(case, work, approval, voters[-1], Decision.APPROVE, at)
    work.run.state = RunState.RUNNING
    return case.chapter.add(
        ApprovalToken(
            jti=case.world.uuid("token"),
            approval=approval,
            project_id=approval.project_id,
            tool_name=approval.tool_name,
            approver_id=by.ident,
            issued_at=at,
            expires_at=at + _TOKEN_FOR,
        )
    )


def redeem(case: Case, work: Work, token: ApprovalToken) -> None:
    """The run's worker uses the token up."""
    token.redeemed_at = work.pass_time(1, 9)
    _token_recorded(case, work, token, "run.approval.redeem", {"tool_name": token.tool_name})


def redeem_too_late(case: Case, work: Work, token: ApprovalToken) -> None:
    """A worker that comes back after the token's end is refused, which is on record."""
    work.at = token.expires_at + case.world.span(120, 500)
    details = {"reason": "token_expired", "tool_name": token.tool_name}
    _token_recorded(case, work, token, "run.approval.redeem_refused", details)


def reject(case: Case, work: Work, approval: Approval) -> None:
    """One rejection ends the run."""
    at = decided_at(case, approval)
    remind(case, work, approval, until=at)
    _decide(case, work, approval, case.world.pick(people.EMAILS), Decision.REJECT, at)
    work.end(RunState.CANCELLED, "E-APPR-REJECTED")


def expire(case: Case, work: Work, approval: Approval) -> None:
    """Nobody decides; the sweep closes the approval, the run and the incident."""
    assert approval.expires_at is not None
    remind(case, work, approval, until=approval.expires_at)
    at = approval.expires_at + case.world.span(2, 58)
    _settle(approval, ApprovalStatus.EXPIRED, "timeout_ignored", at)
    work.at = at
    work.end(RunState.TIMED_OUT, "E-APPR-EXPIRED")
    case.resolve("timeout", at)
    details = {"tool_name": approval.tool_name, "expires_at": approval.expires_at}
    entry = Entry("run.approval.expire", "approval", str(approval.id), details, approval.run_id)
    case.chapter.record(at, _SWEEP, entry)


def cancel(approval: Approval, at: datetime) -> None:
    """The run ended while it waited."""
    _settle(approval, ApprovalStatus.CANCELLED, "run_ended", at)


def extend(case: Case, approval: Approval, seconds: int) -> None:
    """Somebody gives it more time, before the half of it is over."""
    assert approval.expires_at is not None
    before = approval.expires_at
    at = approval.requested_at + (before - approval.requested_at) / 3
    approval.expires_at = before + timedelta(seconds=seconds)
    approval.digest = digest_of(approval)
    details = {
        "from": before,
        "to": approval.expires_at,
        "reason": case.world.pick(words.EXTEND_REASONS),
    }
    entry = Entry("run.approval.extend", "approval", str(approval.id), details, approval.run_id)
    case.chapter.record(at, person(case, case.world.pick(people.EMAILS)), entry)


def person(case: Case, email: str, kind: str = "user") -> Caller:
    """Answer one of the invented people as a caller."""
    return people.person(email, case.world.project_id, kind=kind)


def vote(
    case: Case, approval: Approval, email: str, decision: str, at: datetime, *, is_last: bool = True
) -> Caller:
    """One approver votes, on the page or (but for critical ones) by the chat's button."""
    by_chat = _can_be_pressed(approval, at) and case.world.chance(0.45)
    by = person(case, email, "telegram" if by_chat else "user")
    why = words.APPROVE_REASONS if decision == Decision.APPROVE else words.REJECT_REASONS
    reason = "" if by_chat else case.world.pick(why)
    case.chapter.add(
        ApprovalVote(
            approval=approval,
            project_id=approval.project_id,
            approver=by.ident,
            approver_label=by.label,
            decision=decision,
            reason=reason,
            created_at=at,
        )
    )
    action = f"run.approval.{decision}" if is_last else "run.approval.vote"
    details = {
        "approval_id": approval.id,
        "tool_name": approval.tool_name,
        "digest": approval.digest,
        "decision": str(decision),
        "reason": reason,
    }
    entry = Entry(action, "approval", str(approval.id), details, run_id=approval.run_id)
    case.chapter.record(at, by, entry)
    if by_chat:
        _pressed(case, approval, email, decision, at)
    return by


def look_closer(case: Case, approval: Approval) -> None:
    """Somebody presses a button for details or the history before deciding, and is answered."""
    world = case.world
    action = world.pick((CallbackAction.DETAIL, CallbackAction.HISTORY))
    at = approval.requested_at + world.span(8, 35)
    if not _arrived(approval, at):
        return
    label = "詳情" if action == CallbackAction.DETAIL else "歷史"
    case.chapter.add(
        alerts.message(
            world,
            "telegram",
            f"[{label}] {case.ident}",
            at,
            run=approval.run,
            incident_id=case.ident,
            callback_action=str(action),
        )
    )
    answer = f"{case.ident} {case.incident.title}\n" + (
        case.say(case.scenario.cause)
        if action == CallbackAction.DETAIL
        else f"{case.playbook}: confidence {case.confidence:.2f}, last used for the same alert"
    )
    _reply(case, approval, action, answer, at + world.span(0.3, 2))


def remind(case: Case, work: Work, approval: Approval, *, until: datetime) -> None:
    """Reminders that were due until then: at half time, and five minutes before the end."""
    if approval.expires_at is None:
        return
    half = approval.requested_at + (approval.expires_at - approval.requested_at) / 2
    for due, column in (
        (half, "half_time_reminded_at"),
        (approval.expires_at - LAST_CALL, "last_call_reminded_at"),
    ):
        at = due + case.world.span(1, 55)
        if at < until:
            setattr(approval, column, at)
            _remind(case, work, approval, at)


def _remind(case: Case, work: Work, approval: Approval, at: datetime) -> None:
    minutes = int((approval.expires_at - at).total_seconds() // 60)
    text = f"ACTION REQUIRED: still waiting, {minutes} minutes left"
    lines = [text, approval.tool_name, approval.suggested_action, page_of(approval)]
    case.send(
        MessageType.INTERIM,
        "\n".join(lines),
        at=at,
        run=work.run,
        triggered_by_state=RunState.WAITING_APPROVAL,
    )


def _decide(
    case: Case, work: Work, approval: Approval, email: str, decision: str, at: datetime
) -> Caller:
    by = vote(case, approval, email, decision, at)
    reason = case.chapter.of(ApprovalVote)[-1].reason
    approved = decision == Decision.APPROVE
    status = ApprovalStatus.APPROVED if approved else ApprovalStatus.REJECTED
    _settle(approval, status, "human_approved" if approved else "human_rejected", at)
    summary = f"approver={by.label}; decision={decision}; reason={reason}"
    work.note(f"operator_console.{decision}", summary[:SUMMARY_AT_MOST], at)
    return by


def _settle(approval: Approval, status: str, disposition: str, at: datetime) -> None:
    approval.status, approval.disposition, approval.resolved_at = status, disposition, at


def _arrived(approval: Approval, at: datetime) -> bool:
    """Whether the question had reached the chat by then."""
    sent_at = approval.notification.sent_at if approval.notification else None
    return sent_at is not None and sent_at < at


def _can_be_pressed(approval: Approval, at: datetime) -> bool:
    return approval.risk_level != RiskLevel.CRITICAL and _arrived(approval, at)


def _pressed(case: Case, approval: Approval, email: str, decision: str, at: datetime) -> None:
    said = f"[{_WORDS[Decision(decision)]}] {case.ident}"
    case.chapter.add(
        alerts.message(
            case.world,
            "telegram",
            said,
            at,
            run=approval.run,
            incident_id=case.ident,
            callback_action=str(decision),
        )
    )
    name = email.partition("@")[0]
    answer = f"{case.ident}: {_WORDS[Decision(decision)]} · {name}\n{approval.suggested_action}"
    _reply(case, approval, CallbackAction(decision), answer, at + case.world.span(0.2, 1.4))


def _reply(case: Case, approval: Approval, action: CallbackAction, text: str, at: datetime) -> None:
    case.send(
        MessageType.CALLBACK_REPLY,
        text,
        at=at,
        run=approval.run,
        callback_action=action,
    )


def _token_recorded(
    case: Case, work: Work, token: ApprovalToken, action: str, details: dict[str, str]
) -> None:
    entry = Entry(action, "approval_token", str(token.jti), details, token.approval.run_id)
    case.chapter.record(work.at, case.agent(), entry)


def _buttons(approval: Approval) -> list[dict[str, str]]:
    buttons = [{"action": action} for action in _BUTTONS]
    if approval.risk_level == RiskLevel.CRITICAL:
        return [{"action": "open", "url": page_of(approval)}, *buttons[2:]]
    return buttons


def _question(case: Case, approval: Approval) -> str:
    lines = [
        f"ACTION REQUIRED: {approval.risk_level} risk",
        f"{case.scenario.agent}: {approval.tool_name}",
        approval.suggested_action,
        case.ident,
        f"Expires {rfc3339(approval.expires_at)}" if approval.expires_at else "",
        page_of(approval),
    ]
    return "\n".join(line for line in lines if line)
