from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from awooop import paging
from awooop.admin_base import ProjectFilter, ReadOnlyAdmin
from awooop.models import WebhookDelivery, WebhookSubscription


@admin.register(WebhookSubscription)
class WebhookSubscriptionAdmin(ReadOnlyAdmin):
    """Who gets events: made and changed on the webhooks' own page; secrets are never shown."""

    may_view = "webhook.edit"
    fixed_ordering = paging.Ordering("admin.webhook", ("created_at", "subscription_id"))
    list_display = ("name", "project_id", "url", "is_active", "failing_since", "created_at")
    list_filter = (ProjectFilter,)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        shown = super().get_fields(request, obj)
        return [name for name in shown if name not in ("secret", "old_secret")]


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """What was posted, and what came of it."""

    may_view = "webhook.edit"
    fixed_ordering = paging.Ordering("admin.webhook_delivery", ("created_at", "delivery_id"))
    list_display = ("delivery_id", "project_id", "kind", "status", "attempt_count", "created_at")
    list_filter = (ProjectFilter,)
