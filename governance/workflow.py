"""How a dispatch's work goes: its stages by status, for each kind of work.

A room that has work of its own registers its workflow when it is ready.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from governance.models import Dispatch, DispatchStatus, GovernanceEvent

HERMES = "hermes_kb_growth_healthcheck"
INTAKE = "governance_agent_intake"
_NEXT = "run_kb_growth_healthcheck"


@dataclass(frozen=True)
class Workflow:
    """The steps that a kind of work goes through, and which stage a status stands for.

    `verbs` are what a person or an executor may do with it from the queue (None: all); the rest is
    done where the work itself is done, such as the completion of an owner's review. Whoever may do
    one of the `operations` of the role table may use them.
    """

    executor_type: str
    steps: tuple[str, ...]
    stages: Mapping[str, str]
    next_actions: Mapping[str, str] = field(default_factory=dict)
    verbs: frozenset[str] | None = None
    operations: tuple[str, ...] = ("governance.act",)


_workflows: dict[str, Workflow] = {}


def register(workflow: Workflow) -> Workflow:
    """Register a workflow; raises ValueError for a second of the executor type."""
    if workflow.executor_type in _workflows:
        raise ValueError(f"{workflow.executor_type} is registered already")
    unknown = set(workflow.stages) - set(DispatchStatus.values)
    if unknown:
        raise ValueError(f"no such status: {', '.join(sorted(unknown))}")
    _workflows[workflow.executor_type] = workflow
    return workflow


def executor_types() -> tuple[str, ...]:
    """Answer the kinds of work that have a workflow."""
    return tuple(_workflows)


def steps_of(executor_type: str) -> tuple[str, ...]:
    """Answer the steps of a kind of work; none for one without a workflow."""
    found = _workflows.get(executor_type)
    return found.steps if found else ()


def operations_of(executor_type: str) -> tuple[str, ...]:
    """Answer the operations of the role table of which one lets a person move such work."""
    found = _workflows.get(executor_type)
    return found.operations if found else ("governance.act",)


def takes(executor_type: str, verb: str) -> bool:
    """Whether a verb of the queue may be used on a kind of work."""
    found = _workflows.get(executor_type)
    return found is None or found.verbs is None or verb in found.verbs


def stage_of(executor_type: str, status: str) -> str:
    """Answer the stage that a status stands for; the status itself where there is no workflow."""
    found = _workflows.get(executor_type)
    return found.stages.get(status, status) if found else status


def next_action_of(executor_type: str, status: str, default: str) -> str:
    """Answer what is to be done next at a status; `default` where the workflow says nothing."""
    found = _workflows.get(executor_type)
    return found.next_actions.get(status, default) if found else default


KNOWLEDGE_DEGRADATION = register(
    Workflow(
        executor_type=HERMES,
        steps=(
            "detected",
            "ai_analyzed",
            "queued_kb_healthcheck",
            "draft_km_updates",
            "waiting_owner_review",
            "km_writeback_after_approval",
            "stale_ratio_recheck",
        ),
        stages={
            DispatchStatus.PENDING: "queued_kb_healthcheck",
            DispatchStatus.DISPATCHED: "queued_kb_healthcheck",
            DispatchStatus.EXECUTING: "draft_km_updates",
            DispatchStatus.SUCCEEDED: "stale_ratio_recheck",
            DispatchStatus.FAILED: "needs_manual_km_triage",
            DispatchStatus.SKIPPED: "waiting_owner_review",
            DispatchStatus.CANCELLED: "cancelled",
        },
        next_actions={
            DispatchStatus.PENDING: _NEXT,
            DispatchStatus.DISPATCHED: _NEXT,
            DispatchStatus.EXECUTING: "owner_reviews_draft",
            DispatchStatus.SUCCEEDED: "stale_ratio_recheck",
            DispatchStatus.FAILED: "triage_knowledge_by_hand",
            DispatchStatus.SKIPPED: "owner_reviews_stale_entries",
            DispatchStatus.CANCELLED: "none",
        },
    )
)


def knowledge_degradation_context(event: GovernanceEvent) -> dict[str, Any]:
    """Answer the decision context of the dispatch that a `knowledge_degradation` event opens."""
    details = event.details
    return {
        "version": "v1",
        "trigger_source": "governance_self_check",
        "triggered_metric": "knowledge_stale_ratio",
        "metric_value": details.get("ratio"),
        "threshold": details.get("threshold"),
        "suggested_action": _NEXT,
        "next_action": _NEXT,
        "decision_path": "pending_owner_review",
        "ownership": details.get("ownership", {}),
        "affected_resources": details.get("affected_resources", []),
        "workflow": {
            "work_item_id": f"governance:knowledge_degradation:{event.pk}",
            "work_kind": "knowledge_degradation",
            "current_stage": stage_of(HERMES, DispatchStatus.PENDING),
            "steps": list(steps_of(HERMES)),
            "needs_human_review": True,
            "writes_km_without_approval": False,
        },
    }


def with_stage(dispatch: Dispatch, status: str) -> dict[str, Any]:
    """Answer the dispatch's context with its workflow brought to the stage of `status`."""
    context = dict(dispatch.decision_context)
    if isinstance(context.get("workflow"), dict):
        stage = stage_of(dispatch.executor_type, status)
        context["workflow"] = {**context["workflow"], "current_stage": stage}
    return context
