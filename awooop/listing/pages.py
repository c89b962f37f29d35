"""The page of a list with a form of filters: checked, paged, or all of it as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from awooop import paging, permissions
from awooop.errors import Invalid
from awooop.filter_forms import FilterForm
from awooop.listing import export
from awooop.listing.state import cleared, show

Read = Callable[[Sequence[str], paging.PageRequest], paging.Page]
File = Callable[[Sequence[str]], HttpResponseBase]
PER_PAGE = 50


def respond(
    request: HttpRequest,
    template: str,
    form: FilterForm,
    *,
    read: Read,
    file: File,
    more: Callable[[paging.Page], dict[str, Any]] | None = None,
    always: Callable[[Sequence[str]], dict[str, Any]] | None = None,
) -> HttpResponseBase:
    """Answer a page of what `read` finds, or `file` where the address asks for one.

    What the filters cannot be stands at their fields (422); `more` adds to the page's context
    where there is a page, `always` in any case.
    Raises NotFound for a project that is not visible.
    """
    given = request.GET
    projects = permissions.readable_projects(request.caller, given.get("project_id"))
    context: dict[str, Any] = {"form": form, "page": None, "clear_href": cleared(request)}
    if always:
        context |= always(projects)
    if form.is_valid():
        try:
            if export.is_wanted(request):
                return file(projects)
            per_page = given.get("per_page", PER_PAGE)
            asked = paging.parse_request(given.get("page"), per_page, given.get("cursor"))
            page = read(projects, asked)
            is_filtered = bool(form.filters.as_query())
            context |= {"page": page, "is_filtered": is_filtered, **(more(page) if more else {})}
        except Invalid as invalid:
            form.refuse(invalid)
    return show(request, template, context, status=200 if context["page"] is not None else 422)
