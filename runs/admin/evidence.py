"""What was found, done and verified about an incident: searched by it, never edited.

A remediation record changes the status of its incidents' runs; so nobody writes one by hand.
"""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from awooop import paging
from awooop.admin_base import ProjectFilter, ReadOnlyAdmin
from runs.models import Evidence, Execution, LegacyMcpRecord, RemediationRecord

_HELP = _("Searched, not listed: an incident's id, or the row's own.")


@admin.register(RemediationRecord)
class RemediationRecordAdmin(ReadOnlyAdmin):
    """Dry runs and executions of remedies."""

    fixed_ordering = paging.Ordering("admin.remediation", ("created_at", "id"))
    exact_search = ("id", "incident_id")
    search_only = True
    search_help_text = _HELP
    list_display = (
        "incident_id",
        "project_id",
        "mode",
        "tool_name",
        "required_scope",
        "allowed",
        "success",
        "created_at",
    )


@admin.register(LegacyMcpRecord)
class LegacyMcpRecordAdmin(ReadOnlyAdmin):
    """Tool calls made outside the gateway."""

    fixed_ordering = paging.Ordering("admin.legacy", ("created_at", "id"))
    exact_search = ("id", "incident_id")
    search_only = True
    search_help_text = _HELP
    list_display = (
        "incident_id",
        "project_id",
        "mcp_server",
        "tool_name",
        "success",
        "duration_ms",
        "created_at",
    )


@admin.register(Execution)
class ExecutionAdmin(ReadOnlyAdmin):
    """Executions of repairs."""

    fixed_ordering = paging.Ordering("admin.execution", ("created_at", "id"))
    exact_search = ("id", "incident_id")
    search_help_text = _("An incident's id, or an execution's.")
    list_display = (
        "incident_id",
        "project_id",
        "playbook",
        "success",
        "human_approved",
        "predicted_confidence",
        "created_at",
    )
    list_select_related = ("playbook",)
    list_filter = (ProjectFilter, ("created_at", admin.DateFieldListFilter))


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    """Verifications of executions."""

    fixed_ordering = paging.Ordering("admin.evidence", ("collected_at", "id"))
    exact_search = ("id", "incident_id")
    search_only = True
    search_help_text = _HELP
    list_display = ("incident_id", "project_id", "verification_result", "run_id", "collected_at")
