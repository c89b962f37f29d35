"""Admin pages of what belongs to no project: for superusers only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from awooop.admin_base.acting import ActingAdmin
from awooop.admin_base.acts import Act
from awooop.admin_base.display import shown


class SuperuserOnly:
    """Django's permission hooks: a superuser looks; what else is allowed, a class says itself."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PlatformAdmin(SuperuserOnly, ActingAdmin):
    """Rows of the platform itself, to be looked at."""

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [shown(field) for field in self.model._meta.concrete_fields]

    def may_act(self, request: HttpRequest, act: Act, row: Any = None) -> bool:
        """Superusers only, as all of it."""
        return is_superuser(request)


def is_superuser(request: HttpRequest) -> bool:
    """Whether an active superuser asks."""
    user = getattr(request, "user", None)
    return bool(user and user.is_active and user.is_superuser)
