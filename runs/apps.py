from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RunsConfig(AppConfig):
    name = "runs"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Runs")

    def ready(self) -> None:
        import runs.metrics  # noqa: F401 - registers what /metrics and /readyz show of runs
        from runs import (  # nav registers the pages of the navigation
            drift_incidents,
            nav,
            notes,
            webhook_events,
        )
        from runs.actions import governance_alerts, outbox, stop_alerts

        nav.register()
        notes.register()
        governance_alerts.connect()
        stop_alerts.connect()
        drift_incidents.register()
        outbox.connect()
        webhook_events.register()
