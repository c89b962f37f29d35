"""What a new event asks for: the dispatches that governance opens by itself."""

from __future__ import annotations

from collections.abc import Iterable

from awooop.callers import Caller
from governance import workflow
from governance.actions import dispatches
from governance.actions.dispatches import Order
from governance.models import Dispatch, GovernanceEvent


def open_for(events: Iterable[GovernanceEvent], *, by: Caller) -> list[Dispatch]:
    """Open the dispatch of each event whose type asks for one and has none under way."""
    wanted = [event for event in events if event.event_type == "knowledge_degradation"]
    return dispatches.open_many(by=by, orders=[_knowledge_degradation(event) for event in wanted])


def _knowledge_degradation(event: GovernanceEvent) -> Order:
    context = workflow.knowledge_degradation_context(event)
    return Order(
        event=event,
        executor_type=workflow.HERMES,
        proposed_action=context["suggested_action"],
        context=context,
        owner=str(context["ownership"].get("human_owner", ""))[:128],
    )
