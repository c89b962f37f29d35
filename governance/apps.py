from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    name = "governance"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Governance")

    def ready(self) -> None:
        import governance.metrics
        import governance.slo.self_check  # noqa: F401 - registers the check of the SLOs
        from governance import insights, nav, notes, self_checks, webhook_events, work_items
        from governance.slo import slis

        self_checks.discover()
        slis.discover()
        work_items.discover()
        insights.discover()
        nav.register()
        notes.register()
        webhook_events.register()
