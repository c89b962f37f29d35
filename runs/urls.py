from __future__ import annotations

from django.urls import path

from runs.views import (
    approval_batch,
    approvals,
    callbacks,
    channels,
    gateway,
    home,
    incidents,
    notes,
    outbox,
    remediation_queue,
    runs,
)

urlpatterns = [
    path("", home.home, name="home"),
    # runs
    path("awooop/runs", runs.run_list, name="runs-list"),
    path("awooop/runs/<uuid:run_id>", runs.run_page, name="run-detail"),
    path("awooop/runs/<uuid:run_id>/cancel", runs.cancel, name="run-cancel"),
    path("awooop/runs/<uuid:run_id>/notes", notes.of_run, name="run-notes"),
    # gateway
    path("awooop/gateway", gateway.call_list, name="gateway"),
    path("awooop/gateway/<uuid:call_id>", gateway.call_detail, name="gateway-call"),
    # channels
    path("awooop/channel-events", channels.event_list, name="channel-events"),
    path("awooop/callbacks", callbacks.reply_list, name="callbacks"),
    path("awooop/outbox", outbox.undelivered, name="outbox"),
    path("awooop/outbox/<uuid:message_id>/retry", outbox.retry, name="message-retry"),
    # remediation
    path("awooop/remediation-queue", remediation_queue.queue, name="remediation-queue"),
    path(
        "awooop/remediation-queue/<str:work_item_id>/dry-run",
        remediation_queue.dry_run,
        name="remediation-dry-run",
    ),
    # approvals
    path("awooop/approvals", approvals.inbox, name="approvals"),
    path("awooop/approvals/batch", approval_batch.batch, name="approval-batch"),
    path("awooop/approvals/<uuid:approval_id>/decide", approvals.decide, name="approval-decide"),
    path("awooop/approvals/<uuid:approval_id>/extend", approvals.extend, name="approval-extend"),
    # incidents
    path("awooop/incidents", incidents.incident_list, name="incidents"),
    path("awooop/incidents/<str:incident_id>", incidents.incident_detail, name="incident-detail"),
    path("awooop/incidents/<str:incident_id>/bundle", incidents.bundle, name="incident-bundle"),
    path("awooop/incidents/<str:incident_id>/notes", notes.of_incident, name="incident-notes"),
    path("awooop/incidents/<str:incident_id>/resolve", incidents.resolve, name="incident-resolve"),
]
