"""The second half of the chain: what was decided, done, and found of it."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from runs.models import ApprovalStatus, ResolutionType, RunState
from runs.status_chain import links
from runs.status_chain.facts import Facts, Row
from runs.status_chain.registry import (
    BLOCKED,
    DONE,
    MISSING,
    NOT_NEEDED,
    WAITING,
    Stage,
    Subject,
    each,
    stage,
)
from runs.status_chain.stages_work import AT_WORK

# An agent has so long to report what verification found before the gap counts.
TO_VERIFY = timedelta(minutes=15)
_REPAIRED = (ResolutionType.AUTO_REPAIR, ResolutionType.HUMAN_APPROVED)


@stage("decision")
@each
def decision(subject: Subject) -> Stage:
    """What a person was asked, and answered; an approval that was withdrawn is passed over."""
    facts = subject.facts
    asked = [row for row in facts.approvals if row.status != ApprovalStatus.CANCELLED]
    if asked:
        return _asked(facts, asked[0])
    executions = facts.of_kind("execution")
    if any(row.is_asked for row in executions):
        why = _("Reported as approved by a person, but no approval is on record.")
        return Stage(MISSING, why, evidence=(links.record(facts, executions[0]),))
    if executions or facts.is_resolved or _gave_up(facts):
        return Stage(NOT_NEEDED, _("Nobody had to be asked."))
    return Stage(WAITING)


def _gave_up(facts: Facts) -> bool:
    return bool(facts.runs) and all(row.state == RunState.COMPLETED for row in facts.runs)


def _asked(facts: Facts, row: Row) -> Stage:
    proof = (links.approval(row),)
    if row.status == ApprovalStatus.PENDING:
        return _undecided(facts, row)
    if row.status == ApprovalStatus.EXPIRED:
        step = "" if facts.is_resolved else _("Decide by hand: resolve it, or queue another run.")
        return Stage(MISSING, _("Nobody decided in time."), row.resolved_at, proof, step)
    rejected = row.status == ApprovalStatus.REJECTED
    why = _("A person rejected it.") if rejected else _("A person approved it.")
    return Stage(DONE, why, row.resolved_at, proof)


def _undecided(facts: Facts, row: Row) -> Stage:
    proof = (links.approval(row),)
    if row.expires_at and row.expires_at <= facts.at:
        why = _("Its time is over; it cannot be decided any more.")
        step = _("The sweep closes it within a minute; see that the cluster runs.")
        return Stage(BLOCKED, why, None, proof, step)
    return Stage(WAITING, _("Waits for a person."), None, proof, _("Approve or reject it."))


@stage("execution")
@each
def execution(subject: Subject) -> Stage:
    """The repair: the newest counts."""
    facts = subject.facts
    for row in facts.of_kind("execution"):
        proof = (links.record(facts, row),)
        if row.outcome == "success":
            return Stage(DONE, _("The repair was executed."), row.at, proof)
        step = "" if facts.is_resolved else _("See why, and repair it another way.")
        return Stage(BLOCKED, _("The repair failed."), row.at, proof, step)
    for row in facts.of_kind("remediation_record"):
        if row.outcome == "success":
            return Stage(DONE, _("A remedy was applied."), row.at, (links.record(facts, row),))
    return _not_executed(subject)


def _not_executed(subject: Subject) -> Stage:
    facts, decided = subject.facts, subject.so_far["decision"]
    newest = next((row.status for row in facts.approvals), None)
    if decided.status == DONE and newest == ApprovalStatus.REJECTED:
        return Stage(NOT_NEEDED, _("It was rejected."))
    if newest == ApprovalStatus.EXPIRED:
        return Stage(NOT_NEEDED, _("Nobody approved it."))
    at_work = any(row.state in AT_WORK for row in facts.runs)
    step = _("Have the agent report the execution.")
    if decided.status == DONE and not at_work:
        return Stage(MISSING, _("Approved, but no execution is on record."), next_step=step)
    if facts.is_resolved and facts.incident.resolution_type in _REPAIRED:
        return Stage(
            MISSING, _("Resolved as repaired, but no execution is on record."), None, (), step
        )
    if facts.is_resolved:
        return Stage(NOT_NEEDED, _("It ended without a repair."))
    if decided.status == NOT_NEEDED and not at_work:
        return _unrepaired()
    return Stage(WAITING, _("The agent is to execute it.") if decided.status == DONE else "")


def _unrepaired() -> Stage:
    step = _("Resolve it by hand, or queue another run.")
    return Stage(MISSING, _("The run ended without a repair."), next_step=step)


@stage("verification")
@each
def verification(subject: Subject) -> Stage:
    """What was found after the newest execution."""
    facts, executed = subject.facts, subject.so_far["execution"]
    if (row := _verdict(facts)) is not None:
        return _verified(facts, row)
    if executed.status == DONE:
        return _unverified(facts, executed)
    if executed.status == BLOCKED:
        return Stage(NOT_NEEDED, _("There is nothing to verify."))
    if executed.status == MISSING and facts.is_resolved:
        return Stage(MISSING, _("Nothing says that the repair helped."))
    if executed.status == NOT_NEEDED:
        return Stage(NOT_NEEDED, _("Nothing was executed."))
    return Stage(WAITING)


def _verdict(facts: Facts) -> Row | None:
    """Answer the newest evidence with a result that is about the newest execution."""
    executed = next(iter(facts.of_kind("execution")), None)
    for row in facts.of_kind("evidence"):
        if row.outcome and (
            executed is None or row.execution_id == executed.id or row.at >= executed.at
        ):
            return row
    return None


def _verified(facts: Facts, row: Row) -> Stage:
    proof = (links.record(facts, row),)
    if row.outcome != "success":
        why = _("Verification says: %(result)s.") % {"result": row.outcome}
        step = _("Verify again, or repair it another way.")
        return Stage(BLOCKED, why, row.at, proof, step)
    incident = facts.incident
    came_back = incident and incident.recurrence_count and incident.last_seen_at > row.at
    if came_back and not facts.is_resolved:
        step = _("Look again: the repair did not last.")
        return Stage(BLOCKED, _("It came back after the repair."), row.at, proof, step)
    why = _("The repair helped.") if facts.of_kind("execution") else _("It was verified.")
    return Stage(DONE, why, row.at, proof)


def _unverified(facts: Facts, executed: Stage) -> Stage:
    if executed.at and facts.at - executed.at < TO_VERIFY:
        return Stage(WAITING, _("The agent is to verify it."))
    step = _("Verify it, and report the evidence.")
    return Stage(MISSING, _("Nothing says that the repair helped."), next_step=step)
