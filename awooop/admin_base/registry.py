"""Admin pages of rows of which some belong to no project: those are the registry's."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from awooop import tenancy
from awooop.admin_base.scoped import ScopedAdmin


def _in_registry(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a superuser's page see the rows of no project, which only the registry shows."""

    @functools.wraps(view)
    def wrapped(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.caller.is_superuser:
            return view(self, request, *args, **kwargs)
        with tenancy.registry():
            response = view(self, request, *args, **kwargs)
            if isinstance(response, TemplateResponse):
                response.render()
        return response

    return wrapped


class RegistryAdmin(ScopedAdmin):
    """Few rows: a superuser sees those of no project as well.

    Its writes happen within the registry's scope: what they touch beyond it needs a scope of its
    own.
    """

    changelist_view = _in_registry(ScopedAdmin.changelist_view)
    changeform_view = _in_registry(ScopedAdmin.changeform_view)
    delete_view = _in_registry(ScopedAdmin.delete_view)
    act_view = _in_registry(ScopedAdmin.act_view)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """A superuser sees the rows of no project, too."""
        if request.caller.is_superuser:
            mine = Q(project=None) | Q(project_id__in=request.caller.projects)
            rows = self.model._default_manager.filter(mine)
            return rows.order_by(*self.get_ordering(request))
        return super().get_queryset(request)

    def get_paginator(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        per_page: int,
        *args: Any,
        **kwargs: Any,
    ) -> Paginator:
        """Paging by project would leave out the rows of no project; all are few."""
        if request.caller.is_superuser:
            return Paginator(queryset, per_page)
        return super().get_paginator(request, queryset, per_page)
