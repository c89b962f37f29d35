"""The first half of the chain: what came in, and who looked into it."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from runs.models import RunState
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

# Sources whose incidents begin with a channel event; others are reported by the API itself.
CHANNELS = frozenset({"alertmanager", "telegram"})
UNCLAIMED = timedelta(minutes=10)
AT_WORK = (RunState.RUNNING, RunState.WAITING_APPROVAL)
_UNDECIDED = ("E-APPR-REJECTED", "E-APPR-EXPIRED")


@stage("received")
@each
def received(subject: Subject) -> Stage:
    """The channel event that it began with."""
    facts = subject.facts
    if facts.events:
        first = facts.events[0]
        why = _("Came in by %(channel)s.") % {"channel": first.channel_type}
        return Stage(DONE, why, first.received_at, (links.event(first),))
    source = facts.incident.source if facts.incident else ""
    if source not in CHANNELS:
        return Stage(NOT_NEEDED, _("Reported by the API, not by a channel."))
    why = _("No event of %(channel)s is on record.") % {"channel": source}
    return Stage(MISSING, why, next_step=_still(facts, _("See whether the webhook reaches us.")))


@stage("incident")
@each
def incident(subject: Subject) -> Stage:
    """The incident itself: a run may mention one that is not known here."""
    facts = subject.facts
    if facts.incident is None:
        step = _("Report the incident: POST /platform/incidents.")
        return Stage(MISSING, _("A run names it, but it is not known here."), next_step=step)
    why = _("Opened.")
    if times := facts.incident.recurrence_count:
        why = _("Opened; came back %(times)d times while open.") % {"times": times}
    return Stage(DONE, why, facts.incident.opened_at, (links.incident(facts),))


@stage("run")
@each
def run(subject: Subject) -> Stage:
    """Whether an agent worked on it. Any run that did counts before one that did not."""
    facts = subject.facts
    if not facts.runs:
        return _no_run(facts)
    if row := _first(facts.runs, _did_its_part):
        why = _("%(agent)s took it up.") % {"agent": row.agent_id}
        return Stage(DONE, why, row.started_at or row.created_at, (links.run(row),))
    if row := _first(facts.runs, lambda row: row.state == RunState.PENDING):
        return _pending(facts, row)
    return _ended(facts, facts.runs[0])


def _no_run(facts: Facts) -> Stage:
    if facts.is_resolved:
        return Stage(NOT_NEEDED, _("It was resolved without a run."))
    step = _("Queue a run for it (POST /platform/runs), or resolve it by hand.")
    return Stage(MISSING, _("No run was queued."), next_step=step)


def _did_its_part(row: Row) -> bool:
    if row.started_at is None:
        return False
    return row.state in (*AT_WORK, RunState.COMPLETED) or row.error_code in _UNDECIDED


def _pending(facts: Facts, row: Row) -> Stage:
    proof, agent = (links.run(row),), {"agent": row.agent_id}
    if facts.is_resolved:
        step = _("Cancel the run if nobody needs it any more.")
        return Stage(WAITING, _("It ended before an agent came."), None, proof, step)
    if facts.at - row.created_at < UNCLAIMED:
        return Stage(WAITING, _("Waits for %(agent)s to claim it.") % agent, None, proof)
    step = _("Start %(agent)s, or see why it claims nothing.") % agent
    return Stage(BLOCKED, _("No agent claims it."), None, proof, step)


def _ended(facts: Facts, row: Row) -> Stage:
    proof, code = (links.run(row),), row.error_code or row.state
    if row.state == RunState.CANCELLED and facts.is_resolved:
        return Stage(DONE, _("The run was cancelled."), row.completed_at, proof)
    if row.started_at is None and row.state == RunState.TIMED_OUT:
        why = _("No agent claimed it in time.")
    elif row.state == RunState.CANCELLED:
        why = _("The run was cancelled.")
    else:
        why = _("The run failed: %(code)s.") % {"code": code}
    step = _("See why, and queue another run or resolve the incident by hand.")
    return Stage(BLOCKED, why, row.completed_at, proof, _still(facts, step))


@stage("investigation")
@each
def investigation(subject: Subject) -> Stage:
    """What the agent looked at: steps, tool calls, dry runs."""
    facts, ran = subject.facts, subject.so_far["run"]
    if facts.findings:
        found = facts.findings[0]
        return Stage(DONE, _("The run has a journal."), found.at, (links.finding(found),))
    seen = [*facts.of_kind("remediation_record"), *facts.of_kind("legacy_mcp_record")]
    if seen:
        oldest = min(seen, key=lambda row: row.at)
        why = _("On record outside the gateway.")
        return Stage(DONE, why, oldest.at, (links.record(facts, oldest),))
    started = any(row.started_at for row in facts.runs)
    if facts.is_resolved and not started:
        return Stage(NOT_NEEDED, _("It was over before an agent looked."))
    if any(row.state in AT_WORK for row in facts.runs):
        return Stage(WAITING, _("The agent has reported nothing yet."))
    if ran.status != DONE:
        return Stage(WAITING)
    step = _("Have the agent journal its steps and tool calls.")
    return Stage(MISSING, _("The run reported nothing."), next_step=_still(facts, step))


def _first(rows: list[Row], wanted) -> Row | None:
    return next((row for row in rows if wanted(row)), None)


def _still(facts: Facts, step: str) -> str:
    """Answer the step, or none where the incident is over and it would mend nothing."""
    return "" if facts.is_resolved else step
