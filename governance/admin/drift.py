from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from awooop import paging
from awooop.admin_base import ProjectFilter, ReadOnlyAdmin
from governance.models import DriftFingerprint


@admin.register(DriftFingerprint)
class DriftFingerprintAdmin(ReadOnlyAdmin):
    """Drift: to be looked at; it is settled on the page, where each act is previewed first."""

    fixed_ordering = paging.Ordering("admin.drift", ("last_seen_at", "id"))
    exact_search = ("id", "fingerprint", "namespace", "resource")
    search_help_text = _("An id, a fingerprint, a namespace or a resource, whole.")
    list_display = (
        "kind",
        "resource",
        "namespace",
        "project_id",
        "state",
        "occurrences",
        "last_seen_at",
    )
    list_filter = (ProjectFilter, "state")
