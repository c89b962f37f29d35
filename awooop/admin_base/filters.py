"""List filters that name projects and that an index answers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class ProjectFilter(admin.SimpleListFilter):
    """One of the projects that the reader sees; not shown where there is only one."""

    title = _("project")
    parameter_name = "project_id"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Answer the visible projects, if there is a choice."""
        projects = model_admin.projects_to_view(request)
        has_choice = len(projects) > 1 or self.value()
        return [(project, project) for project in projects] if has_choice else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow to the chosen project; one that is not visible has no rows."""
        return queryset.filter(project_id=self.value()) if self.value() else queryset
