from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AwooopConfig(AppConfig):
    name = "awooop"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Platform")

    def ready(self) -> None:
        from awooop import (
            checks,
            finding,
            model_names,
            navigation,
            objects,
            queue_clock,
            retention,
            signing_in,
        )
        from awooop.retention import ages, batches  # noqa: F401 - a system check, a metric
        from awooop.webhooks import outcomes  # noqa: F401 - a metric, of every process
        from awooop.webhooks import own as webhook_events

        checks.install()  # the system checks and the guard on connections
        queue_clock.install()
        signing_in.connect()
        model_names.make_translatable()
        navigation.add("contracts", _("Contracts"), 80)
        navigation.add("tenants", _("Tenants"), 90)
        navigation.add("audit", _("Audit"), 85, operation="audit.read")
        objects.register_own()
        navigation.add("webhooks", _("Webhooks"), 86, operation="webhook.edit")
        navigation.add_inner("audit-proof", _("Proof of the audit trail"))
        navigation.add_inner("profile", _("Profile"))
        navigation.add_inner("saved-views", _("Views"))
        navigation.add_inner("design", _("Design language"), staff_only=True)
        navigation.add_inner("admin:index", _("Administration"), staff_only=True)
        retention.discover()
        finding.discover()
        webhook_events.register()
