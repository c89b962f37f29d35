from __future__ import annotations

from django.contrib import admin

from awooop import paging
from awooop.admin_base import PlatformAdmin, ReadOnlyAdmin
from awooop.models import ListPreference, OwnView, SharedView


@admin.register(SharedView)
class SharedViewAdmin(ReadOnlyAdmin):
    """Views that are shared: made, deleted and restored on the page of views."""

    fixed_ordering = paging.Ordering("admin.shared_views", ("created_at", "view_id"))
    list_display = ("name", "page", "project_id", "owner", "query", "created_at", "deleted_at")
    list_select_related = ("owner",)


@admin.register(OwnView)
class OwnViewAdmin(PlatformAdmin):
    """Views that only their owners see."""

    list_display = ("owner", "page", "name", "created_at", "deleted_at")
    list_select_related = ("owner",)
    search_fields = ("owner__email",)
    ordering = ("-created_at",)


@admin.register(ListPreference)
class ListPreferenceAdmin(PlatformAdmin):
    """How people want their lists."""

    list_display = ("user", "page", "columns", "default_view")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("user__email", "page")
