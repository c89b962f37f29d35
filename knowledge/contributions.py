"""What this room contributes to those below it; called once, when the app is ready."""

from __future__ import annotations

import knowledge.status_chain  # noqa: F401 - registers the stage `learning`
from knowledge import nav, reviews
from knowledge.actions import drafts
from knowledge.demo import shelf
from knowledge.selectors import ties
from runs import signals
from runs.demo import contributions
from runs.models import Incident
from runs.selectors import incidents


def register() -> None:
    """Register pages, the incidents' entries, and who makes a draft of a resolved incident."""
    nav.register()
    reviews.register()
    incidents.contribute("knowledge", ties.of_incident)
    contributions.contribute("knowledge", shelf.write)
    signals.incidents_resolved.connect(
        drafts.on_incidents_resolved, sender=Incident, dispatch_uid="knowledge.drafts"
    )
