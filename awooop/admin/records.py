from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from awooop import paging
from awooop.admin_base import ProjectFilter, ReadOnlyAdmin
from awooop.models import AuditAnchor, AuditHead, AuditRecord


@admin.register(AuditRecord)
class AuditRecordAdmin(ReadOnlyAdmin):
    """The audit chain: the database itself refuses to change it."""

    fixed_ordering = paging.Ordering("admin.audit", ("seq", "id"))
    exact_search = ("resource_id",)
    search_help_text = _("What it was done to, as type:id, such as approval:0b8f… or project:demo.")
    list_display = ("seq", "project_id", "created_at", "action", "resource", "actor", "actor_kind")
    list_filter = (ProjectFilter,)

    @admin.display(description=_("resource"))
    def resource(self, record: AuditRecord) -> str:
        """As the search wants it."""
        return f"{record.resource_type}:{record.resource_id}"

    def search_condition(self, term: str) -> Q:
        """Both parts, as the index has them."""
        kind, _colon, ident = term.partition(":")
        return Q(resource_type=kind, resource_id=ident.strip()) if ident else Q()


@admin.register(AuditHead)
class AuditHeadAdmin(ReadOnlyAdmin):
    """The end of each project's chain."""

    fixed_ordering = paging.Ordering("admin.audit_head", ("project_id",), descending=False)
    list_display = ("project_id", "seq", "hash")
    list_filter: tuple[Any, ...] = ()


@admin.register(AuditAnchor)
class AuditAnchorAdmin(ReadOnlyAdmin):
    """Where each chain stood, signed, and whether its copies are outside."""

    fixed_ordering = paging.Ordering("admin.audit_anchor", ("number", "id"))
    list_display = ("number", "project_id", "seq", "anchored_at", "key_id", "filed_at", "posted_at")
    list_filter = (ProjectFilter,)
