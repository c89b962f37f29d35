"""Remedies tried, executed and verified."""

from __future__ import annotations

from typing import Any

from runs.demo.case import Case
from runs.demo.catalogue import words
from runs.demo.playbooks import Playbooks
from runs.demo.work import Work
from runs.models import (
    Evidence,
    Execution,
    GateScope,
    RemediationMode,
    RemediationRecord,
    VerificationResult,
)


def dry_run(case: Case, work: Work) -> RemediationRecord:
    """Try the remedy without doing anything."""
    fix = case.scenario.fix
    work.step(fix.tool, "dry run: " + case.say(fix.action))
    return record(
        case,
        work,
        RemediationMode.DRY_RUN,
        scope=GateScope.READ,
        success=True,
        preview=f"would change: {case.say(fix.action)}",
        writes_incident_state=False,
        writes_auto_repair_result=False,
    )


def execute(
    case: Case,
    work: Work,
    playbooks: Playbooks,
    *,
    success: bool,
    human_approved: bool,
    replay_of: Evidence | None = None,
) -> Execution:
    """Do it: by the agent with its token, or, where nobody was asked, by the older repair worker.

    The repair worker's calls do not go through the gateway.
    """
    error = None if success else case.world.pick(_errors(case))
    was_legacy, work.is_legacy = work.is_legacy, not human_approved
    failed = ("E-REPAIR-FAILED", error) if error else None
    work.step(
        case.tool,
        case.say(case.scenario.fix.done),
        scope=GateScope.WRITE,
        error=failed,
        has_token=human_approved,
    )
    work.is_legacy = was_legacy
    execution = case.chapter.add(
        Execution(
            id=case.world.uuid("execution"),
            project_id=case.world.project_id,
            incident_id=case.ident,
            run=work.run,
            playbook=playbooks.named(case.playbook),
            success=success,
            error_message=error,
            human_approved=human_approved,
            predicted_confidence=None if case.world.chance(0.06) else case.confidence,
            created_at=work.at,
        )
    )
    record(
        case,
        work,
        RemediationMode.REPLAY if replay_of else RemediationMode.EXECUTE,
        scope=GateScope.WRITE,
        success=success,
        preview=error or case.say(case.scenario.fix.done),
        work_item_id=f"adr100:{replay_of.id}" if replay_of else "",
        writes_incident_state=success,
        writes_auto_repair_result=not human_approved,
    )
    return execution


def verify(case: Case, work: Work, execution: Execution | None, result: str) -> Evidence:
    """Look whether it helped, after a few minutes."""
    work.pass_time(60, 260)
    tool = case.scenario.probes[0][0]
    is_good = result == VerificationResult.SUCCESS
    work.step(tool, f"verification {result}: {_reading(case, result)}")
    if not is_good:
        work.pass_time(1, 5)
    return case.chapter.add(
        Evidence(
            id=case.world.uuid("evidence"),
            project_id=case.world.project_id,
            incident_id=case.ident,
            run=work.run,
            execution=execution,
            verification_result=result,
            snapshot=_snapshot(case, result),
            collected_at=work.at,
        )
    )


def reverify(case: Case, work: Work, before: Evidence) -> Evidence:
    """Look again later; nothing is known of what it wrote, for it wrote nothing itself."""
    work.pass_time(280, 840)
    evidence = verify(case, work, before.execution, VerificationResult.SUCCESS)
    record(
        case,
        work,
        RemediationMode.REVERIFY,
        scope=GateScope.READ,
        success=True,
        preview=_reading(case, VerificationResult.SUCCESS),
        work_item_id=f"adr100:{before.id}",
        writes_incident_state=None,
        writes_auto_repair_result=None,
    )
    return evidence


def refused(case: Case, work: Work, tool: str, reason: str) -> RemediationRecord:
    """The remedy was not allowed."""
    return record(
        case,
        work,
        RemediationMode.EXECUTE,
        scope=GateScope.WRITE,
        allowed=False,
        success=None,
        preview=reason,
        tool_name=tool,
        writes_incident_state=False,
        writes_auto_repair_result=False,
    )


def seen_by_hand(case: Case, at: Any) -> Evidence:
    """A person looked and found it well."""
    return case.chapter.add(
        Evidence(
            id=case.world.uuid("evidence"),
            project_id=case.world.project_id,
            incident_id=case.ident,
            verification_result=VerificationResult.SUCCESS,
            snapshot={**_snapshot(case, VerificationResult.SUCCESS), "by": "operator"},
            collected_at=at,
        )
    )


def record(
    case: Case,
    work: Work,
    mode: str,
    *,
    scope: str,
    success: bool | None,
    preview: str,
    allowed: bool | None = True,
    tool_name: str = "",
    work_item_id: str = "",
    **writes: bool | None,
) -> RemediationRecord:
    """Answer one line of the alert operation log."""
    return case.chapter.add(
        RemediationRecord(
            id=case.world.uuid("remediation"),
            project_id=case.world.project_id,
            incident_id=case.ident,
            work_item_id=work_item_id or f"repair:{case.ident}",
            mode=mode,
            agent_id=work.run.agent_id,
            tool_name=tool_name or case.tool,
            required_scope=scope,
            allowed=allowed,
            success=success,
            verification_result_preview=preview[:500],
            details={"playbook": case.playbook, "run_id": str(work.run.run_id)},
            created_at=work.at,
            **writes,
        )
    )


def _errors(case: Case) -> tuple[str, ...]:
    is_rollout = case.tool.startswith("kubectl.")
    return words.EXECUTION_ERRORS + (words.ROLLOUT_ERRORS if is_rollout else ())


def _reading(case: Case, result: str) -> str:
    shot = _snapshot(case, result)
    return f"{shot['metric']}: {shot['before']} → {shot['after'] or 'no reading in time'}"


def _snapshot(case: Case, result: str) -> dict[str, Any]:
    fix = case.scenario.fix
    before, after = case.say(fix.before), case.say(fix.after)
    seen: str | None = after
    if result == VerificationResult.FAILED:
        seen = before
    elif result == VerificationResult.TIMEOUT:
        seen = None
    elif result == VerificationResult.DEGRADED:
        seen = f"{before}, recovering slowly"
    return {"metric": fix.metric, "before": before, "after": seen, "window_s": 300}
