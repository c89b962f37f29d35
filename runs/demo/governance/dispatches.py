"""The work that the events asked for, in every state that work can be in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from awooop.actions.audit import Entry
from awooop.callers import Caller
from governance import workflow
from governance.models import Dispatch, DispatchStatus, GovernanceEvent
from runs.demo.catalogue import people
from runs.demo.chapter import Chapter
from runs.demo.world import World

_S = DispatchStatus
_INVESTIGATION = "slo_investigation"
_REVIEW = "playbook_review"
_MINUTE = timedelta(minutes=1)
# How the knowledge health checks ended, the oldest first; the last one waits for its worker.
_HEALTH_CHECKS = (_S.SUCCEEDED, _S.SKIPPED, _S.FAILED)
_INVESTIGATIONS = (_S.SUCCEEDED, _S.CANCELLED, _S.FAILED, _S.SUCCEEDED)
_NOTES = {
    _S.SKIPPED: "Mei refreshes these entries this week anyway",
    _S.FAILED: "The worker could not read the archive",
    _S.CANCELLED: "Known: the load test of the week",
}


def write(world: World, chapter: Chapter, by: Caller) -> None:
    """Tell of the dispatches of the chapter's events."""
    events = sorted(chapter.of(GovernanceEvent), key=lambda event: event.triggered_at)
    degraded = _of_type(events, "knowledge_degradation")
    ends = [*_HEALTH_CHECKS[: len(degraded) - 1], _S.PENDING]
    for event, status in zip(degraded, ends, strict=False):
        context = workflow.knowledge_degradation_context(event)
        _tell(world, chapter, by, event, workflow.HERMES, status, context)
    violated = [event for event in _of_type(events, "slo_violation") if event.resolved]
    for event, status in zip(violated[-len(_INVESTIGATIONS) :], _INVESTIGATIONS, strict=False):
        _tell(world, chapter, by, event, _INVESTIGATION, status, {"decision_path": "automatic"})
    for event in _of_type(events, "trust_drift")[-1:]:
        _tell(world, chapter, by, event, _REVIEW, _S.EXECUTING, {"decision_path": "automatic"})


def _of_type(events: Sequence[GovernanceEvent], kind: str) -> list[GovernanceEvent]:
    return [event for event in events if event.event_type == kind]


def _tell(
    world: World,
    chapter: Chapter,
    by: Caller,
    event: GovernanceEvent,
    kind: str,
    status: str,
    context: dict[str, Any],
) -> None:
    at = event.triggered_at + timedelta(seconds=1)
    dispatch = Dispatch(
        id=world.uuid("dispatch"),
        governance_event=event,
        project_id=world.project_id,
        event_type=event.event_type,
        subject=event.subject,
        executor_type=kind,
        dispatch_status=status,
        proposed_action=_ACTIONS[kind],
        playbook_trust=Decimal("0.143") if kind == _REVIEW else None,
        decision_context=context,
        workflow_stage=workflow.stage_of(kind, status),
        next_action=workflow.next_action_of(kind, status, "none"),
        owner=str(context.get("ownership", {}).get("human_owner", "")),
        operator_note=_NOTES.get(status, ""),
        created_by=workflow.INTAKE,
        created_at=at,
    )
    _go_through(dispatch, at)
    dispatch.decision_context = workflow.with_stage(dispatch, status) | _left_by_worker(dispatch)
    chapter.add(dispatch)
    _record(chapter, dispatch, by)


_ACTIONS = {
    workflow.HERMES: "run_kb_growth_healthcheck",
    _INVESTIGATION: "Find what moved the SLO in the last day",
    _REVIEW: "Read the last executions of the playbooks that drifted",
}


def _go_through(dispatch: Dispatch, at: datetime) -> None:
    """Set the times that its status implies, all before its event was over."""
    status = dispatch.dispatch_status
    if status in (_S.EXECUTING, _S.SUCCEEDED, _S.FAILED):
        dispatch.dispatched_at = at + 3 * _MINUTE
        dispatch.started_at = at + 4 * _MINUTE
        dispatch.attempt_count = 1
    if status not in (_S.PENDING, _S.EXECUTING):
        dispatch.completed_at = at + 21 * _MINUTE


def _left_by_worker(dispatch: Dispatch) -> dict[str, Any]:
    if dispatch.executor_type != workflow.HERMES or dispatch.dispatch_status != _S.SUCCEEDED:
        return {}
    ratio = dispatch.decision_context.get("metric_value")
    return {"worker_status": "draft_written", "archived_count": 18, "stale_ratio_snapshot": ratio}


def _record(chapter: Chapter, dispatch: Dispatch, by: Caller) -> None:
    """One record for each step, as the action leaves them."""
    steps = [("open", dispatch.created_at, by)]
    worker = people.agent("km-agent", dispatch.project_id)
    if dispatch.dispatched_at:
        steps += [
            (_S.DISPATCHED.value, dispatch.dispatched_at, worker),
            (_S.EXECUTING.value, dispatch.started_at, worker),
        ]
    if dispatch.completed_at:
        is_person = dispatch.dispatch_status in (_S.SKIPPED, _S.CANCELLED)
        who = people.person(people.EMAILS[0], dispatch.project_id) if is_person else worker
        steps.append((str(dispatch.dispatch_status), dispatch.completed_at, who))
    for what, at, who in steps:
        details = {
            "governance_event_id": dispatch.governance_event_id,
            "executor_type": dispatch.executor_type,
        }
        entry = Entry(f"governance.dispatch.{what}", "dispatch", str(dispatch.pk), details)
        chapter.record(at, who, entry)
