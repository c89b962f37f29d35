from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from awooop import paging
from awooop.actions import projects
from awooop.admin_base import RefusableForm, ScopedAdmin
from awooop.admin_base.platform import is_superuser
from awooop.models import Project


@admin.register(Project)
class ProjectAdmin(ScopedAdmin):
    """Projects: made by superusers, edited by their administrators, never deleted."""

    may_change = "project.edit"
    form = RefusableForm
    fixed_ordering = paging.Ordering("admin.project", ("project_id",), descending=False)
    exact_search = ("project_id", "display_name")
    search_help_text = _("A project's id or name, whole.")
    list_display = (
        "project_id",
        "display_name",
        "migration_mode",
        "budget_limit_usd",
        "is_active",
        "is_demo",
        "created_at",
    )
    list_filter = ()
    fields = (
        "project_id",
        "display_name",
        "is_active",
        "migration_mode",
        "budget_limit_usd",
        "timezone",
        "message_language",
        "default_agent_id",
        "requires_second_factor",
        "approve_reasons",
        "reject_reasons",
        "is_demo",
        "created_at",
    )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = ("is_demo", "created_at")
        return ("project_id", *fixed) if obj else fixed

    def save_model(self, request: HttpRequest, obj: Project, form: Any, change: bool) -> None:
        """Create or update by the action."""
        if change:
            projects.update(by=request.caller, project=obj)
            return
        projects.create(by=request.caller, **form.cleaned_data)
        obj._state.adding = False
