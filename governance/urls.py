from __future__ import annotations

from django.urls import path

from governance.actions.dispatches import ACTS
from governance.views import checks, events, frame, queue

urlpatterns = [
    path("governance", frame.page, name="governance"),
    # events
    path(
        "governance/events/<uuid:governance_event_id>/resolve",
        events.resolve,
        name="governance-event-resolve",
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
    # self-checks
    path("governance/self-check", checks.run_now, name="governance-self-check"),
]
