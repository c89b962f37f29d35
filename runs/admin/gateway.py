from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from awooop import paging
from awooop.admin_base import ReadOnlyAdmin
from runs.models import McpCall, ProjectSpend


@admin.register(McpCall)
class McpCallAdmin(ReadOnlyAdmin):
    """The gateway's audit."""

    fixed_ordering = paging.Ordering("admin.mcp_call", ("created_at", "call_id"))
    exact_search = ("call_id", "run_id")
    search_only = True
    search_help_text = _("Searched, not listed: the id of a run or a call.")
    list_display = (
        "created_at",
        "project_id",
        "agent_id",
        "tool_name",
        "result_status",
        "block_gate",
        "latency_ms",
    )


@admin.register(ProjectSpend)
class ProjectSpendAdmin(ReadOnlyAdmin):
    """The ledger of what projects spend, which the database keeps; a month is in several rows."""

    fixed_ordering = paging.Ordering("admin.project_spend", ("month", "id"))
    list_display = ("month", "project_id", "slot", "amount_usd")
