"""Admin lists by the same paging as the product's own: a lateral per project, a bounded count."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from awooop import paging


class ScopedPaginator(Paginator):
    """Pages of one fixed order, each an index scan per project; counts up to the bound."""

    def __init__(
        self,
        rows: QuerySet[Any],
        per_page: int,
        *,
        projects: Sequence[str],
        ordering: paging.Ordering,
    ) -> None:
        super().__init__(rows, per_page)
        self.projects = projects
        self.fixed_ordering = ordering

    @cached_property
    def count(self) -> int:
        """Answer how many rows there are, at most `paging.COUNT_BOUND`."""
        return paging.bounded_count(self.object_list, self.projects)[0]

    def page(self, number: int | str) -> Page:
        """Answer one page of rows; raises InvalidPage."""
        number = self.validate_number(number)
        if self.count == 0:
            return self._get_page([], number, self)
        wanted = paging.PageRequest(page=number, per_page=self.per_page)
        found = paging.paginate(self.object_list, self.projects, self.fixed_ordering, wanted)
        return self._get_page(found.items, number, self)


class ScopedChangeList(ChangeList):
    """A list that takes even its only page from the paginator, so that its plan is the same."""

    def get_results(self, request: HttpRequest) -> None:
        """Read one page."""
        super().get_results(request)
        if not (self.multi_page or self.show_all):
            self.result_list = self.paginator.page(1).object_list
