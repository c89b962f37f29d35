"""The queue of dispatches, and what each has in its decision context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from awooop import paging
from awooop.errors import NotFound
from governance import workflow
from governance.models import ACTIVE, Dispatch, DispatchStatus
from governance.selectors.filters import Checker, Given

NEWEST = paging.Ordering("dispatches.newest", ("created_at", "id"))
_COLUMNS = (
    "id", "project_id", "governance_event_id", "event_type", "subject", "dispatch_status",
    "executor_type", "proposed_action", "playbook_id", "playbook_trust", "created_at",
    "dispatched_at", "started_at", "completed_at", "operator_note", "owner", "attempt_count",
    "max_attempts", "created_by",
)  # fmt: skip
# What the workers and the owner review leave in the context; absent is null.
_IN_CONTEXT = (
    "decision_path", "kb_draft_entry_id", "worker_status", "dry_run_plan_fingerprint",
    "archived_count", "stale_ratio_snapshot",
)  # fmt: skip
_OWNERSHIP = ("lead_agent", "support_agents", "human_owner")


@dataclass(frozen=True)
class QueueFilters:
    """What the queue is narrowed to; '' is no filter. Made by `parse_filters`."""

    dispatch_status: str = ""
    event_type: str = ""
    executor_type: str = ""

    @property
    def is_set(self) -> bool:
        """Whether anything is narrowed."""
        return self != QueueFilters()


def parse_filters(given: Given) -> QueueFilters:
    """Check filters as they came from a query string; raises Invalid naming each."""
    checker = Checker(given)
    filters = QueueFilters(
        checker.choice("dispatch_status", DispatchStatus.values),
        checker.word("event_type"),
        checker.word("executor_type"),
    )
    checker.check()
    return filters


def newest(
    projects: Sequence[str], filters: QueueFilters, request: paging.PageRequest
) -> paging.Page:
    """Answer one page of dispatches, newest first, each with its event."""
    return paging.paginate(filtered(filters), projects, NEWEST, request)


def filtered(filters: QueueFilters) -> QuerySet[Dispatch]:
    """Answer the dispatches that the filters leave, not yet restricted to projects, nor ordered."""
    rows = Dispatch.objects.select_related("governance_event")
    for name in ("dispatch_status", "event_type", "executor_type"):
        if value := getattr(filters, name):
            rows = rows.filter(**{name: value})
    return rows


def get(projects: Sequence[str], dispatch_id: UUID) -> Dispatch:
    """Answer one dispatch with its event; raises NotFound."""
    rows = Dispatch.objects.select_related("governance_event").filter(pk=dispatch_id)
    dispatch = paging.restrict(rows, projects).first()
    if dispatch is None:
        raise NotFound(_("No such dispatch, or none that you may see."))
    return dispatch


def count_active(projects: Sequence[str]) -> int:
    """Answer how many dispatches wait or are under way."""
    rows = Dispatch.objects.filter(dispatch_status__in=ACTIVE)
    return paging.restrict(rows, projects).count()


def steps_of(dispatch: Dispatch) -> list[str]:
    """Answer the steps of its work: those it was opened with, else those of its kind today."""
    own = _mapping(_mapping(dispatch.decision_context).get("workflow")).get("steps")
    if isinstance(own, list) and own and all(isinstance(step, str) for step in own):
        return own
    return list(workflow.steps_of(dispatch.executor_type))


def as_row(dispatch: Dispatch) -> dict[str, Any]:
    """Answer a dispatch as the API lists it."""
    context = _mapping(dispatch.decision_context)
    ownership = _mapping(context.get("ownership"))
    return {
        **{name: getattr(dispatch, name) for name in _COLUMNS},
        **{name: context.get(name) for name in _IN_CONTEXT},
        **{name: ownership.get(name, context.get(name)) for name in _OWNERSHIP},
        "workflow_stage": dispatch.workflow_stage or None,
        "workflow_steps": steps_of(dispatch) or None,
        "next_action": dispatch.next_action or None,
    }


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
