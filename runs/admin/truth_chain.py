"""The stored truth-chain summaries: to be looked at, never edited."""

from __future__ import annotations

from django.contrib import admin

from awooop import paging
from awooop.admin_base import ReadOnlyAdmin
from runs.models import TruthChainSummary


@admin.register(TruthChainSummary)
class TruthChainSummaryAdmin(ReadOnlyAdmin):
    """The last measurement of each project, and the last that failed: a few rows."""

    fixed_ordering = paging.Ordering("admin.truth_chain", ("generated_at", "id"))
    exact_search = ("id",)
    list_display = ("project_id", "limit", "success", "generated_at", "duration_ms", "error")
