from __future__ import annotations

from django.urls import path

from governance.actions.dispatches import ACTS
from governance.actions.drift import VERBS
from governance.views import checks, drift, events, frame, insights, notes, queue, work_items

urlpatterns = [
    path("governance", frame.page, name="governance"),
    # events
    path(
        "governance/events/<uuid:governance_event_id>/resolve",
        events.resolve,
        name="governance-event-resolve",
    ),
    path(
        "governance/events/<uuid:governance_event_id>/notes",
        notes.of_event,
        name="governance-event-notes",
    ),
    # queue: one address for each verb
    *(
        path(
            f"governance/queue/<uuid:dispatch_id>/{verb}",
            queue.act,
            {"verb": verb},
            name=f"dispatch-{verb}",
        )
        for verb in ACTS
    ),
    # drift: one address for each verb
    *(
        path(
            f"governance/drift/<uuid:drift_id>/{verb}",
            drift.settle,
            {"verb": verb},
            name=f"drift-{verb}",
        )
        for verb in VERBS
    ),
    # self-checks
    path("governance/self-check", checks.run_now, name="governance-self-check"),
    # charts
    path("awooop/insights", insights.page, name="insights"),
    # work items
    path("awooop/work-items", work_items.page, name="work-items"),
]
