from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    name = "governance"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Governance")

    def ready(self) -> None:
        import governance.metrics  # noqa: F401 - registers what /metrics shows of governance
        from governance import self_checks

        self_checks.discover()
