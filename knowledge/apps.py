from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Knowledge")

    def ready(self) -> None:
        import knowledge.metrics  # noqa: F401 - registers what /metrics shows of knowledge
        from knowledge import contributions

        contributions.register()
