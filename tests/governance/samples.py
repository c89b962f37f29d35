"""Events, dispatches and cycles as the actions leave them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from awooop.clock import now
from governance import workflow
from governance.models import Dispatch, GovernanceEvent, SelfCheckCycle


def event(project_id: str = "awoooi", **values: Any) -> GovernanceEvent:
    """Make an event; `resolved=True` is resolved an hour after it was triggered."""
    made = new_event(project_id, **values)
    made.save(force_insert=True)
    return made


def new_event(project_id: str = "awoooi", **values: Any) -> GovernanceEvent:
    """Answer an event that is not saved."""
    at = values.pop("triggered_at", now())
    values = {
        "event_type": "trust_drift",
        "severity": "warning",
        "impact": "3 playbooks are below 0.2",
        "remediation": "Look at the playbooks",
        "details": {"status": "drifted", "impact": "3 playbooks are below 0.2"},
        "last_seen_at": at,
        **values,
    }
    if values.get("resolved"):
        values.setdefault("resolved_at", at + timedelta(hours=1))
        values.setdefault("resolved_by", "system")
    values.setdefault("notified_at", at)
    return GovernanceEvent(project_id=project_id, triggered_at=at, **values)


def dispatch(of: GovernanceEvent | None = None, **values: Any) -> Dispatch:
    """Make a dispatch of Hermes for an event (a new one where none is given)."""
    made = new_dispatch(of or event(event_type="knowledge_degradation"), **values)
    made.save(force_insert=True)
    return made


def new_dispatch(of: GovernanceEvent, **values: Any) -> Dispatch:
    """Answer a dispatch that is not saved."""
    status = values.get("dispatch_status", "pending")
    kind = values.setdefault("executor_type", workflow.HERMES)
    return Dispatch(
        governance_event=of,
        project_id=of.project_id,
        **{
            "event_type": of.event_type,
            "subject": of.subject,
            "proposed_action": "run_kb_growth_healthcheck",
            "workflow_stage": workflow.stage_of(kind, status),
            "next_action": workflow.next_action_of(kind, status, "none"),
            "decision_context": workflow.knowledge_degradation_context(of),
            **values,
        },
    )


def cycle(project_id: str = "awoooi", **values: Any) -> SelfCheckCycle:
    """Make a cycle that has just ended."""
    at = values.pop("started_at", now())
    return SelfCheckCycle.objects.create(
        project_id=project_id,
        started_at=at,
        finished_at=at + timedelta(milliseconds=40),
        trigger=values.pop("trigger", "schedule"),
        results=values.pop("results", {"trust_drift": {"checked": 4, "drifted": 0}}),
        timings_ms=values.pop("timings_ms", {"trust_drift": 3.2}),
        **values,
    )
