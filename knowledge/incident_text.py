"""What a resolved incident teaches, as Markdown: made of the record alone, the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from knowledge.selectors.incident_facts import ApprovalFact, ExecutionFact, Facts, RunFact
from runs.models import ApprovalStatus, Incident, ResolutionType

SOURCE = "incident"  # what a draft's entry says that it comes from
_LINE_AT_MOST = 300
_LABELS_AT_MOST = 12
_HOW = {
    ResolutionType.AUTO_REPAIR: "An agent repaired it without asking.",
    ResolutionType.HUMAN_APPROVED: "A person approved the repair.",
    ResolutionType.MANUAL: "A person resolved it by hand.",
    ResolutionType.ALERT_CLEARED: "The alert cleared.",
    ResolutionType.TIMEOUT: "Nobody decided in time: nothing was done.",
}
# What the text says whatever happened, so that nothing is found by it; outcomes (failed, approved,
# blocked) are told of some only, and are looked for.
SAID_OF_EACH = """
Incident severity from Opened Resolved after min How it ended Disposition Labels
What was tried Run of Decisions risk Nobody decided before its time was over UTC
Repairs a repair without a playbook by a person without asking Verification no result
Cause To be written by the reviewer with what to do next time
""" + _HOW[ResolutionType.TIMEOUT]


def write(incident: Incident, facts: Facts) -> str:
    """Answer the draft's text."""
    return "\n".join(
        [
            *_what_happened(incident),
            *_section("What was tried", _runs(facts)),
            *_section("Decisions", (_approval(each, facts) for each in facts.approvals)),
            *_section("Repairs", (_execution(each, facts) for each in facts.executions)),
            *_section("Verification", _verification(facts)),
            "## Cause",
            "",
            "_To be written by the reviewer, with what to do next time._",
            "",
        ]
    )


def _what_happened(incident: Incident) -> Iterator[str]:
    yield f"# {line(incident.title)}"
    yield ""
    yield f"- Incident: {incident.pk}, severity {incident.severity}, from {line(incident.source)}"
    yield f"- Opened: {_moment(incident.opened_at)}"
    if incident.resolved_at:
        lasted = _lasted(incident.resolved_at - incident.opened_at)
        yield f"- Resolved: {_moment(incident.resolved_at)}, after {lasted}"
    yield f"- How it ended: {_HOW.get(incident.resolution_type, 'unknown')}"
    yield f"- Disposition: {incident.disposition}"
    if incident.recurrence_count:
        times = "once" if incident.recurrence_count == 1 else f"{incident.recurrence_count} times"
        yield f"- It fired again {times} while it was open"
    summary = incident.annotations.get("summary") or incident.annotations.get("description")
    if summary:
        yield f"- The alert said: {line(summary)}"
    labels = [f"{line(k)}={line(v)}" for k, v in sorted(incident.labels.items())]
    if labels:
        yield f"- Labels: {', '.join(labels[:_LABELS_AT_MOST])}"
    yield ""


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    """What has nothing on record is left out: a search should not find it by its heading."""
    found = list(lines)
    if found:
        yield from [f"## {title}", "", *found, ""]


def _runs(facts: Facts) -> Iterator[str]:
    for run in facts.runs:
        yield f"- Run of {line(run.agent_id)}: {run.state}{_error(run)}"
        for step in facts.steps.get(run.run_id, ()):
            said = f": {line(step.summary)}" if step.summary else ""
            blocked = f" (blocked: {line(step.block_reason or '')})" if step.was_blocked else ""
            yield f"  - {line(step.tool_name)}, {step.result_status}{blocked}{said}"


def _error(run: RunFact) -> str:
    said = " ".join(filter(None, [run.error_code, run.error_detail]))
    return f" ({line(said)})" if said else ""


def _approval(approval: ApprovalFact, facts: Facts) -> str:
    asked = f"- {line(approval.tool_name)} (risk {approval.risk_level}): "
    asked += line(approval.suggested_action) or "no words"
    if approval.status == ApprovalStatus.EXPIRED:
        until = _moment(approval.expires_at) if approval.expires_at else "its time was over"
        return f"{asked}. Nobody decided before {until}."
    votes = [
        f"{line(vote.approver_label)}: {vote.decision}"
        + (f", “{line(vote.reason)}”" if vote.reason else "")
        for vote in facts.votes.get(approval.id, ())
    ]
    return f"{asked}. {approval.status.capitalize()}{' by ' if votes else ''}{'; '.join(votes)}."


def _execution(execution: ExecutionFact, facts: Facts) -> str:
    name = facts.playbooks.get(execution.playbook_id) if execution.playbook_id else None
    what = line(name) if name else "a repair without a playbook"
    outcome = "succeeded" if execution.success else "failed"
    asked = "approved by a person" if execution.human_approved else "without asking"
    said = f": {line(execution.error_message)}" if execution.error_message else ""
    return f"- {what}, {asked}, {outcome}{said}"


def _verification(facts: Facts) -> Iterator[str]:
    for evidence in facts.evidence:
        result = evidence.verification_result or "no result"
        yield f"- {_moment(evidence.collected_at)}: {result}"


def line(text: Any) -> str:
    """Answer a text from outside as a bounded piece of one line."""
    words = " ".join(str(text).split())
    return words if len(words) <= _LINE_AT_MOST else f"{words[: _LINE_AT_MOST - 1]}…"


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _lasted(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds())) // 60
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
