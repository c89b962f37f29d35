"""The roof of the pages: the apps' URL lists, joined by dotted names."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from awooop import audit_views as audit_pages
from awooop import (
    contract_views,
    find_views,
    language_views,
    probes,
    stop_views,
    views,
)
from awooop.api import api
from awooop.audit_proof import views as audit_views
from awooop.listing import views as list_views
from awooop.notes import views as note_views
from awooop.webhooks import views as webhook_views

handler400 = "awooop.problems.bad_request"
handler403 = "awooop.problems.permission_denied"
handler404 = "awooop.problems.page_not_found"
handler500 = "awooop.problems.server_error"

urlpatterns = [
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", probes.metrics, name="metrics"),
    path("language", language_views.set_language, name="set-language"),
    path("", include("awooop.identity_urls")),
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
    path("awooop/contracts", views.contracts, name="contracts"),
    path("awooop/contracts/new", contract_views.new, name="contract-new"),
    path("awooop/contracts/<uuid:revision_id>", contract_views.contract, name="contract"),
    path("awooop/contracts/<uuid:revision_id>/edit", contract_views.edit, name="contract-edit"),
    path(
        "awooop/contracts/<uuid:revision_id>/activate",
        contract_views.activate,
        name="contract-activate",
    ),
    path(
        "awooop/contracts/<uuid:revision_id>/retire",
        contract_views.retire,
        name="contract-retire",
    ),
    path("awooop/find", find_views.find, name="find"),
    path("awooop/stops", stop_views.stop_list, name="stops"),
    path("awooop/stops/new", stop_views.place, name="stop-new"),
    path("awooop/stops/<uuid:stop_id>", stop_views.stop, name="stop"),
    path("awooop/stops/<uuid:stop_id>/lift", stop_views.lift, name="stop-lift"),
    path("awooop/notes/<uuid:note_id>", note_views.page, name="note"),
    path("awooop/notes/<uuid:note_id>/edit", note_views.edit, name="note-edit"),
    path("awooop/notes/<uuid:note_id>/strike", note_views.strike, name="note-strike"),
    path("awooop/notes/<uuid:note_id>/restore", note_views.restore, name="note-restore"),
    path(".well-known/awooop-audit-keys.json", audit_views.keys, name="audit-keys"),
    path("awooop/audit", audit_pages.records, name="audit"),
    path("awooop/webhooks", webhook_views.webhooks, name="webhooks"),
    path("awooop/webhooks/<uuid:subscription_id>", webhook_views.webhook, name="webhook"),
    path(
        "awooop/webhooks/<uuid:subscription_id>/secret", webhook_views.rotate, name="webhook-rotate"
    ),
    path(
        "awooop/webhooks/<uuid:subscription_id>/switch", webhook_views.switch, name="webhook-switch"
    ),
    path(
        "awooop/webhooks/<uuid:subscription_id>/delete",
        webhook_views.delete,
        name="webhook-delete",
    ),
    path("awooop/webhooks/<uuid:subscription_id>/test", webhook_views.test, name="webhook-test"),
    path(
        "awooop/webhooks/deliveries/<uuid:delivery_id>/redeliver",
        webhook_views.redeliver,
        name="webhook-redeliver",
    ),
    path("awooop/audit/proof", audit_views.proof, name="audit-proof"),
    path("awooop/audit/export", audit_views.export, name="audit-export"),
    path("awooop/views", list_views.saved_views, name="saved-views"),
    path("awooop/views/columns", list_views.columns, name="list-columns"),
    path("awooop/views/<uuid:view_id>/change", list_views.change, name="saved-view-change"),
    path("awooop/views/<uuid:view_id>/delete", list_views.delete, name="saved-view-delete"),
    path("awooop/views/<uuid:view_id>/restore", list_views.restore, name="saved-view-restore"),
    path("awooop/views/<uuid:view_id>/default", list_views.default, name="saved-view-default"),
    path("awooop/tenants", views.tenants, name="tenants"),
    path("awooop/design", views.design, name="design"),
    path("", include("governance.urls")),
    path("", include("runs.urls")),
    path("", include("knowledge.urls")),
]
