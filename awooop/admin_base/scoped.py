"""Admin pages of rows that belong to a project."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse

from awooop import paging, permissions
from awooop.admin_base.acting import ActingAdmin
from awooop.admin_base.acts import Act
from awooop.admin_base.changelist import ScopedChangeList, ScopedPaginator
from awooop.admin_base.display import listed, shown
from awooop.admin_base.filters import ProjectFilter
from awooop.admin_base.forms import RefusableForm
from awooop.errors import Refused


class RoleTablePermissions:
    """Django's permission hooks, answered by the role table: no permission rows are needed.

    `may_view` and the like name operations of `awooop.permissions.TABLE`; None: nobody.
    """

    may_view: str | None = "read"
    may_add: str | None = None
    may_change: str | None = None
    may_delete: str | None = None

    def may(self, request: HttpRequest, operation: str | None, row: Any = None) -> bool:
        """Whether the reader may do it: in this row's project, or in any project at all."""
        caller = getattr(request, "caller", None)
        if operation is None or caller is None:
            return False
        if row is not None and row.project_id is None:
            return caller.is_superuser
        projects = caller.projects if row is None else [row.project_id]
        return any(permissions.can(caller, operation, project) for project in projects)

    def projects_to_view(self, request: HttpRequest) -> tuple[str, ...]:
        """Answer the projects whose rows the reader sees here."""
        caller = request.caller
        return tuple(p for p in caller.projects if permissions.can(caller, self.may_view, p))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.may_view)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.may_view, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.may_add)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.may_change, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.may_delete, obj)


class ScopedAdmin(RoleTablePermissions, ActingAdmin):
    """Rows of the reader's projects, in one fixed order that an index gives.

    `exact_search` names the fields that a search compares with: whole values, so that an index
    answers. A `search_only` table has no index for 'all, newest first': it shows nothing until it
    is searched.
    """

    fixed_ordering: ClassVar[paging.Ordering]
    exact_search: tuple[str, ...] = ()
    search_only = False

    form = RefusableForm
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each facet would count the table
    list_per_page = 50
    list_filter = (ProjectFilter,)
    sortable_by = ()

    # --- What is listed --------------------------------------------------------------------------
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Name the reader's projects; the policy is the net under it."""
        return paging.restrict(super().get_queryset(request), self.projects_to_view(request))

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Answer the columns, each with a label that can be translated."""
        return [listed(self.model, name) for name in super().get_list_display(request)]

    def get_ordering(self, request: HttpRequest) -> list[str]:
        return self.fixed_ordering.order_by()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ScopedChangeList]:
        return ScopedChangeList

    def get_paginator(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        per_page: int,
        orphans: int = 0,
        allow_empty_first_page: bool = True,
    ) -> Paginator:
        if queryset.model is not self.model:  # a row's history: log entries, which are few
            return Paginator(queryset, per_page, orphans, allow_empty_first_page)
        return ScopedPaginator(
            queryset,
            per_page,
            projects=self.projects_to_view(request),
            ordering=self.fixed_ordering,
        )

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return self.exact_search

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Compare whole values; a term that no field could hold finds nothing."""
        term = search_term.strip()
        if not term:
            is_narrow = not self.search_only or self.is_narrowed(request)
            return (queryset if is_narrow else queryset.none()), False
        condition = self.search_condition(term)
        return (queryset.filter(condition) if condition else queryset.none()), False

    def search_condition(self, term: str) -> Q:
        """Answer the condition that a search term stands for; empty where it can match nothing."""
        condition = Q()
        for name in self.exact_search:
            try:
                value = self.model._meta.get_field(name).to_python(term)
            except ValidationError:
                continue
            condition |= Q(**{name: value})
        return condition

    def is_narrowed(self, request: HttpRequest) -> bool:
        """Whether a filter makes a search-only list small enough to show without a search."""
        return False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only the list's own filters: no other column is asked by way of the address."""
        names = {_parameter(item) for item in self.list_filter}
        return lookup.partition("__")[0] in names and super().lookup_allowed(lookup, value, request)

    # --- What is refused -------------------------------------------------------------------------
    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[RefusableForm]:
        """Give the form who fills it in, and what an action refused at the first try."""
        form = super().get_form(request, obj, change, **kwargs)
        form.caller = request.caller
        form.refused = getattr(request, "admin_refused", None)
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show what an action refused as an error of the form, with what was typed kept."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refused as refused:
            request.admin_refused = refused
            return super().changeform_view(request, object_id, form_url, extra_context)

    def may_act(self, request: HttpRequest, act: Act, row: Any = None) -> bool:
        """Whether the role table lets the reader do it: on this row, or on any at all."""
        return self.may(request, act.operation, row)


class ReadOnlyAdmin(ScopedAdmin):
    """Evidence: to be looked at, by nobody to be added, changed or deleted here."""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [shown(field) for field in self.model._meta.concrete_fields]


class ReadOnlyInline(RoleTablePermissions, admin.TabularInline):
    """The rows below another's page, to be looked at."""

    extra = 0
    max_num = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        """Name the reader's projects."""
        return paging.restrict(super().get_queryset(request), self.projects_to_view(request))


def _parameter(item: Any) -> str:
    """The name that a list filter has in an address: a field's, or its own."""
    if isinstance(item, type):
        return item.parameter_name
    return item if isinstance(item, str) else item[0]
