"""What this room contributes to those below it; called once, when the app is ready."""

from __future__ import annotations

from django.urls import reverse

import knowledge.status_chain  # noqa: F401 - registers the stage `learning`
from awooop import objects
from governance.signals import dispatches_moved
from knowledge import callback_summaries, first_steps, home_card, nav, report_lines, reviews
from knowledge.actions import drafts, queue_reviews
from knowledge.demo import shelf
from knowledge.selectors import ties
from runs import first_steps as steps
from runs import signals
from runs.actions import reports
from runs.demo import contributions
from runs.models import Incident
from runs.selectors import callbacks, incidents


def register() -> None:
    """Register pages, the incidents' entries, and who makes a draft of a resolved incident."""
    nav.register()
    objects.add("knowledge_entry", lambda ident: reverse("knowledge-entry", args=[ident]))
    home_card.register()
    steps.contribute("knowledge", first_steps.bring_in)
    reviews.register()
    incidents.contribute("knowledge", ties.of_incident)
    callbacks.contribute(callback_summaries.of)
    contributions.contribute("knowledge", shelf.write)
    reports.contribute("knowledge", report_lines.stale_ratio)
    signals.incidents_resolved.connect(
        drafts.on_incidents_resolved, sender=Incident, dispatch_uid="knowledge.drafts"
    )
    dispatches_moved.connect(queue_reviews.close_given_up, dispatch_uid="knowledge.reviews")
