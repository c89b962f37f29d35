"""How incidents end, and how often each way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from runs.demo import decisions, repairs
from runs.demo.case import Case
from runs.demo.catalogue import people, words
from runs.demo.contracts import READ_ONLY, UNGRANTED
from runs.demo.playbooks import Playbooks
from runs.demo.work import Work
from runs.models import (
    ApprovalToken,
    GateScope,
    MessageType,
    RiskLevel,
    RunState,
    VerificationResult,
)

Outcome = Callable[[Case, Playbooks], None]


def auto(case: Case, playbooks: Playbooks) -> None:
    """The remedy is known and harmless: nobody is asked."""
    work = case.work
    _look(case, work, dry_run=0.4)
    _repair_by_itself(case, work, playbooks)


def auto_failed(case: Case, playbooks: Playbooks) -> None:
    """A worn-out remedy does not help; then one that does, with a person's word, or by hand."""
    work, world = case.work, case.world
    case.wear_out()
    _look(case, work, dry_run=0)
    execution = repairs.execute(case, work, playbooks, success=False, human_approved=False)
    result = world.pick(
        (VerificationResult.FAILED, VerificationResult.FAILED, VerificationResult.TIMEOUT)
    )
    repairs.verify(case, work, execution, result)
    _tell_failed(case, execution.error_message or "")
    work.end(RunState.FAILED, "E-REPAIR-FAILED", f"{case.ident}: {execution.error_message}")
    case.renew()
    if world.chance(0.55):
        again = case.queue_run(work.at + world.span(5, 60), "retry", case.ident)
        case.work = again
        case.investigate(again)
        _approved_repair(case, again, playbooks)
    else:
        _resolve_by_hand(case, work)


def approved(case: Case, playbooks: Playbooks) -> None:
    """A person agrees, the repair holds."""
    _look(case, case.work, dry_run=0.55)
    if case.world.chance(0.4):
        _try_without_token(case, case.work)
    _approved_repair(case, case.work, playbooks)


def retried(case: Case, playbooks: Playbooks) -> None:
    """The first attempt fails; asked again, a person agrees again, and the second one holds."""
    work = case.work
    _look(case, work, dry_run=0)
    _agree(case, work)
    execution = repairs.execute(case, work, playbooks, success=False, human_approved=True)
    evidence = repairs.verify(case, work, execution, VerificationResult.FAILED)
    _tell_failed(case, execution.error_message or "")
    _agree(case, work)
    second = repairs.execute(
        case, work, playbooks, success=True, human_approved=True, replay_of=evidence
    )
    repairs.verify(case, work, second, VerificationResult.SUCCESS)
    _close(case, work, "human_approved")


def degraded(case: Case, playbooks: Playbooks) -> None:
    """It helps slowly: degraded at first, well at a second look."""
    work = case.work
    _look(case, work, dry_run=0.3)
    _agree(case, work)
    execution = repairs.execute(case, work, playbooks, success=True, human_approved=True)
    evidence = repairs.verify(case, work, execution, VerificationResult.DEGRADED)
    if case.world.chance(0.75):
        repairs.reverify(case, work, evidence)
    _close(case, work, "human_approved")


def rejected(case: Case, playbooks: Playbooks) -> None:
    """A person says no, and sees to it."""
    work = case.work
    _look(case, work, dry_run=0.6)
    approval = decisions.ask(case, work, valid_for=decisions.validity(case))
    if case.world.chance(0.5):
        decisions.look_closer(case, approval)
    decisions.reject(case, work, approval)
    _resolve_by_hand(case, work)


def expired(case: Case, playbooks: Playbooks) -> None:
    """Nobody looks."""
    work = case.work
    _look(case, work, dry_run=0.5)
    approval = decisions.ask(case, work, valid_for=decisions.validity(case))
    decisions.expire(case, work, approval)


def cleared(case: Case, playbooks: Playbooks) -> None:
    """While the agent only looks, the alert ends by itself."""
    work = case.work
    _look(case, work, dry_run=1)
    case.send(MessageType.FINAL, f"{case.ident} {case.incident.title}\n建議: {_action(case)}")
    work.end(RunState.COMPLETED)
    _clears(case, work)


def observed(case: Case, playbooks: Playbooks) -> None:
    """The same, seen by tools outside the gateway and without a dry run."""
    case.is_legacy = case.work.is_legacy = True
    _look(case, case.work, dry_run=0)
    case.work.end(RunState.COMPLETED)
    _clears(case, case.work)


def handed_over(case: Case, playbooks: Playbooks) -> None:
    """The agent finds no remedy that it may use; a person resolves it."""
    work = case.work
    _look(case, work, dry_run=0.2)
    case.hand_over(case.say(case.scenario.cause))
    work.end(RunState.COMPLETED)
    _resolve_by_hand(case, work)


def lost(case: Case, playbooks: Playbooks) -> None:
    """The worker dies again and again."""
    work = case.work
    case.investigate()
    while work.run.attempt_count < work.run.max_attempts:
        if work.run.state == RunState.PENDING:
            work.claim()
        work.lose_heartbeat()
    case.hand_over("三次嘗試皆失去心跳, 請人工檢查 worker 節點")
    _resolve_by_hand(case, work)


def lost_after_approval(case: Case, playbooks: Playbooks) -> None:
    """A person agreed, but the worker died with the token unused, and comes back too late."""
    work = case.work
    _look(case, work, dry_run=0.5)
    token = _agreed(case, work)
    work.run.max_attempts = work.run.attempt_count + 1
    work.lose_heartbeat()
    case.hand_over("The worker fell silent after the approval; nothing was executed")
    decisions.redeem_too_late(case, work, token)
    _resolve_by_hand(case, work)


def timed_out(case: Case, playbooks: Playbooks) -> None:
    """The run takes too long; what it still asks of the gateway afterwards is refused."""
    work = case.work
    work.is_legacy = False
    _look(case, work, dry_run=0)
    work.pass_time(1500, 4200)
    work.time_out()
    ended_at = work.at
    work.pass_time(1, 20)
    verdict = work.ask_gateway(case.scenario.probes[0][0], is_over=True)
    _tell_failed(case, f"E-RUN-TIMEOUT: {verdict.reason}")
    work.at = ended_at
    _resolve_by_hand(case, work)


def cancelled(case: Case, playbooks: Playbooks) -> None:
    """A person stops the run, working or waiting."""
    work, world = case.work, case.world
    _look(case, work, dry_run=0.3)
    from_state = RunState.RUNNING
    approval = None
    if world.chance(0.6):
        approval = decisions.ask(case, work, valid_for=timedelta(hours=4))
        from_state = RunState.WAITING_APPROVAL
    work.pass_time(60, 600)
    if approval is not None:
        decisions.cancel(approval, work.at)
    work.end(RunState.CANCELLED, "E-RUN-CANCELLED", world.pick(words.CANCEL_REASONS))
    by = decisions.person(case, world.pick(people.EMAILS))
    work.record("run.cancel", from_state, by)
    _clears(case, work)


def blocked(case: Case, playbooks: Playbooks) -> None:
    """The agent reaches for a tool that its contract does not give it."""
    work, agent_id = case.work, case.scenario.agent
    work.is_legacy = False
    _look(case, work, dry_run=0.3)
    shelf = UNGRANTED if case.world.chance(0.5) else READ_ONLY
    _reach(case, shelf[agent_id])


def not_granted_yet(case: Case, playbooks: Playbooks) -> None:
    """The contract of that time did not name the remedy's tool."""
    case.work.is_legacy = False
    _look(case, case.work, dry_run=0)
    _reach(case, case.scenario.fix.tool)


def during_maintenance(case: Case, playbooks: Playbooks) -> None:
    """The project is switched off under the agent's hands, and on again."""
    work = case.work
    begin, end = case.world.maintenance
    case.is_legacy = work.is_legacy = False
    case.investigate()
    work.at = begin + case.world.span(20, 50)
    for tool, said in case.scenario.probes[:2]:
        work.step(tool, case.say(said))
    work.at = end + case.world.span(20, 50)
    case.conclude()
    _repair_by_itself(case, work, playbooks)


# Of a hundred incidents so many end this way.
DECK: tuple[tuple[Outcome, int], ...] = (
    (auto, 27),
    (auto_failed, 6),
    (approved, 23),
    (retried, 3),
    (degraded, 4),
    (rejected, 4),
    (expired, 5),
    (cleared, 10),
    (observed, 6),
    (handed_over, 4),
    (lost, 1),
    (lost_after_approval, 1),
    (timed_out, 2),
    (cancelled, 2),
    (blocked, 2),
)
# What the last hours are filled with: it is over soon.
QUICK: tuple[Outcome, ...] = (auto, observed, cleared)


def _look(case: Case, work: Work, *, dry_run: float) -> None:
    case.investigate(work)
    case.conclude(work)
    if case.world.chance(dry_run):
        repairs.dry_run(case, work)


def _try_without_token(case: Case, work: Work) -> None:
    fix, was_legacy = case.scenario.fix, work.is_legacy
    work.is_legacy = False
    work.step(fix.tool, case.say(fix.action), scope=GateScope.WRITE)
    work.is_legacy = was_legacy


def _agreed(case: Case, work: Work) -> ApprovalToken:
    is_grave = case.scenario.fix.risk in (RiskLevel.HIGH, RiskLevel.CRITICAL)
    quorum = 2 if is_grave and case.world.chance(0.4) else 1
    approval = decisions.ask(case, work, valid_for=decisions.validity(case), quorum=quorum)
    if case.world.chance(0.08):
        decisions.extend(case, approval, 3600)
    if case.world.chance(0.3):
        decisions.look_closer(case, approval)
    return decisions.approve(case, work, approval)


def _agree(case: Case, work: Work) -> None:
    decisions.redeem(case, work, _agreed(case, work))


def _approved_repair(case: Case, work: Work, playbooks: Playbooks) -> None:
    _agree(case, work)
    execution = repairs.execute(case, work, playbooks, success=True, human_approved=True)
    repairs.verify(case, work, execution, VerificationResult.SUCCESS)
    _close(case, work, "human_approved")


def _repair_by_itself(case: Case, work: Work, playbooks: Playbooks) -> None:
    execution = repairs.execute(case, work, playbooks, success=True, human_approved=False)
    repairs.verify(case, work, execution, VerificationResult.SUCCESS)
    _close(case, work, "auto_repair")


def _close(case: Case, work: Work, resolution_type: str) -> None:
    case.resolve(resolution_type, work.pass_time(0.5, 4), case.agent())
    done = case.say(case.scenario.fix.done)
    marks = (
        ("AUTO RESOLVED", "✅ AI 自動修復完成")
        if resolution_type == "auto_repair"
        else ("[AWOOOI] RESOLVED", "事故已處理完成")
    )
    head = (
        case.world.pick(marks)
        if case.is_old
        else "已解決"
        if case.world.chance(0.5)
        else "Resolved"
    )
    case.send(MessageType.FINAL, f"{head} · {case.ident}\n{case.incident.title}\n{done}")
    work.end(RunState.COMPLETED)


def _tell_failed(case: Case, why: str) -> None:
    head = "❌ AI 自動修復失敗" if case.is_old else "Repair failed"
    case.send(MessageType.ERROR, f"{head} · {case.ident}\n{case.incident.title}\n{why}")
    if case.scenario.severity == "critical" or case.world.chance(0.4):
        head = case.world.pick(("⬆ 事故升級", "ESCALATION"))
        text = f"{head} · {case.ident}\n{case.incident.title}"
        case.send(MessageType.INTERIM, text, at=case.work.at + case.world.span(2, 9))


def _resolve_by_hand(case: Case, work: Work) -> None:
    """After a while a person writes that it is done; often with a look at the numbers."""
    world = case.world
    at = work.at + world.span(480, 6600)
    if world.chance(0.7):
        repairs.seen_by_hand(case, at - world.span(20, 200))
    case.resolve("manual", at, decisions.person(case, world.pick(people.EMAILS)))


def _clears(case: Case, work: Work) -> None:
    if case.scenario.channel == "alertmanager":
        case.clear(work.at + case.world.span(240, 2700))
    else:
        _resolve_by_hand(case, work)


def _reach(case: Case, tool: str) -> None:
    work = case.work
    step = work.step(tool, _action(case), scope=GateScope.WRITE)
    reason = step.block_reason or ""
    repairs.refused(case, work, tool, reason)
    case.hand_over(reason)
    work.end(RunState.FAILED, "E-GATE-BLOCKED", f"{case.ident}: {reason}")
    _resolve_by_hand(case, work)


def _action(case: Case) -> str:
    return case.say(case.scenario.fix.action)
