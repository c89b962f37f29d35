"""What a new event asks for: the dispatches that governance opens by itself."""

from __future__ import annotations

from collections.abc import Iterable

from awooop.callers import Caller
from governance import workflow
from governance.actions import dispatches
from governance.actions.dispatches import DispatchAlreadyActive
from governance.models import Dispatch, GovernanceEvent


def open_for(events: Iterable[GovernanceEvent], *, by: Caller) -> list[Dispatch]:
    """Open the dispatch of each event whose type asks for one and has none under way."""
    opened = []
    for event in events:
        if event.event_type != "knowledge_degradation":
            continue
        try:
            opened.append(_knowledge_degradation(event, by))
        except DispatchAlreadyActive:
            continue  # somebody was faster: the work is under way
    return opened


def _knowledge_degradation(event: GovernanceEvent, by: Caller) -> Dispatch:
    context = workflow.knowledge_degradation_context(event)
    return dispatches.open_dispatch(
        by=by,
        event=event,
        executor_type=workflow.HERMES,
        proposed_action=context["suggested_action"],
        context=context,
        owner=str(context["ownership"].get("human_owner", ""))[:128],
    )
