"""Measure the stale ratio again after a review, and close what it had opened once it is back."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from awooop import tenancy
from awooop.callers import Caller
from governance import workflow
from governance.actions import dispatches, events
from governance.actions.dispatches import Order
from governance.models import ACTIVE, Dispatch, DispatchStatus, GovernanceEvent
from knowledge.reviews import RECHECK
from knowledge.selectors.staleness import Snapshot, snapshot

DEGRADATION = "knowledge_degradation"
_S = DispatchStatus


def open_for(
    event: GovernanceEvent, *, by: Caller, source: Dispatch, before: Snapshot, owner: str
) -> Dispatch:
    """Ask for a recheck because of what `source` did; `before` is the snapshot it started from."""
    context = {
        "version": "v1",
        "source_dispatch_id": str(source.pk),
        "stale_ratio_before": before.as_dict(),
    }
    order = Order(event, RECHECK, "stale_ratio_recheck", context, "knowledge_owner_review", owner)
    return dispatches.open_dispatch(by=by, order=order)


def run_waiting(*, by: Caller) -> int:
    """Run every recheck that waits, each in a transaction of its own; answers how many."""
    done = 0
    while True:
        with tenancy.scope(by.projects):
            dispatch = dispatches.lock_waiting(RECHECK, by=by)
            if dispatch is None:
                return done
            run(dispatch, by=by)
        done += 1


@transaction.atomic
def run(dispatch: Dispatch, *, by: Caller) -> Dispatch:
    """Measure the ratio for a locked recheck, keep it, and close what is open where it is back."""
    found = snapshot(dispatch.project_id)
    dispatches.move(dispatch, _S.EXECUTING, by=by)
    before = dispatch.decision_context.get("stale_ratio_before") or {}
    context: dict[str, Any] = {
        "stale_ratio_snapshot": found.as_dict(),
        "stale_count_delta": _delta(before.get("stale_count"), found.stale_count),
        "stale_ratio_delta": _delta(before.get("stale_ratio"), found.stale_ratio),
        "above_threshold": found.is_above,
    }
    dispatches.move(dispatch, _S.SUCCEEDED, by=by, context=context)
    if not found.is_above:
        close_degradation(dispatch.project_id, by=by)
    return dispatch


def close_degradation(project_id: str, *, by: Caller) -> None:
    """Resolve the degradation event of a project and end its dispatches: the ratio is back."""
    events.resolve_of_type(by=by, project_id=project_id, event_type=DEGRADATION)
    rows = Dispatch.objects.select_for_update().filter(
        project_id=project_id, executor_type=workflow.HERMES, dispatch_status__in=ACTIVE
    )
    note = "The stale ratio is back within its threshold."
    for dispatch in rows.order_by("created_at", "id"):
        done = dispatch.dispatch_status == _S.EXECUTING
        dispatches.move(dispatch, _S.SUCCEEDED if done else _S.CANCELLED, by=by, note=note)


def _delta(before: float | None, after: float) -> float | None:
    return None if before is None else round(after - before, 3)
