"""One request's look at a list: which columns, which views, where it begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from awooop.errors import Invalid
from awooop.listing import reads
from awooop.listing.registry import Listing

# What of an address is not part of a view: where one is in the list, and how it is answered.
PASSING = frozenset({"cursor", "page", "format", "view"})
EVERYTHING = "all"
View = Callable[..., HttpResponse]


class State:
    """A list as this request asks for it."""

    def __init__(self, request: HttpRequest, listing: Listing) -> None:
        self.request, self.listing = request, listing

    @cached_property
    def chosen(self) -> reads.Chosen:
        """What the reader chose for this list, and its views; one statement."""
        caller = self.request.caller
        return reads.of_list(caller.user, caller.projects, self.listing.name)

    @cached_property
    def views(self) -> list[dict[str, Any]]:
        """The reader's own views of this list and those shared with them."""
        return [
            {
                **view,
                "href": self.address(view["query"]),
                "is_here": view["query"] == self.query,
                "is_default": view["view_id"] == self.chosen.default_view,
            }
            for view in self.chosen.views
        ]

    @cached_property
    def query(self) -> str:
        """What of the address a view keeps."""
        return kept(self.request.GET)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that are shown; raises Invalid for one of the address that there is not."""
        if "columns" in self.request.GET:
            return self._asked()
        if self.chosen.columns is not None:
            return tuple(key for key in self.listing.keys if key in self.chosen.columns)
        return tuple(column.key for column in self.listing.columns if column.is_shown)

    @property
    def is_chosen(self) -> bool:
        """Whether the reader chose the columns."""
        return "columns" in self.request.GET or self.chosen.columns is not None

    def fields(self, known: Sequence[str]) -> list[str]:
        """Answer the fields of the file: of the chosen columns, or all that are `known`."""
        if not self.is_chosen or not self.listing.columns:
            return list(known)
        wanted = set(self.listing.fixed)
        for column in self.listing.columns:
            if column.key in self.columns:
                wanted |= set(column.in_file)
        return [name for name in known if name in wanted]

    @property
    def is_first_page(self) -> bool:
        """Whether the newest are shown: only these are updated by themselves."""
        return not self.request.GET.keys() & {"cursor", "page"}

    def opening(self) -> str | None:
        """Answer where the list opens: at the reader's default view, unless more was asked for."""
        given = self.request.GET
        is_plain = all(
            name == "project_id" or self.listing.query.get(name) == given[name] for name in given
        )
        if not is_plain or not self.has_default:
            return None
        view = next((one for one in self.views if one["is_default"]), None)
        if view is None:
            return None
        query = QueryDict(view["query"], mutable=True)
        if given.get("project_id"):
            query["project_id"] = given["project_id"]
        return self.address(query.urlencode() or urlencode({"view": EVERYTHING}))

    @property
    def has_default(self) -> bool:
        """Whether the reader chose a view to open with."""
        return self.chosen.default_view is not None

    def address(self, query: str = "") -> str:
        """Answer the list's address with a query; what it must have is in it."""
        params = QueryDict(query, mutable=True)
        for name, value in self.listing.query.items():
            params[name] = value
        text = params.urlencode()
        return f"{self.request.path}?{text}" if text else self.request.path

    def _asked(self) -> tuple[str, ...]:
        asked = [key for key in self.request.GET["columns"].split(",") if key]
        unknown = [key for key in asked if key not in self.listing.keys]
        if unknown:
            allowed = ", ".join(self.listing.keys) or "-"
            raise Invalid({"columns": _("must be some of %(allowed)s") % {"allowed": allowed}})
        return tuple(key for key in self.listing.keys if key in asked)


def kept(params: QueryDict) -> str:
    """Answer what of an address a view keeps, always in the same order."""
    pairs = [
        (name, value)
        for name in sorted(params)
        if name not in PASSING
        for value in params.getlist(name)
        if value
    ]
    return urlencode(pairs)


def begin(request: HttpRequest, listing: Listing) -> HttpResponse | None:
    """Make a request one for this list; answers where to go instead: to the default view.

    Raises Invalid for columns that there are not.
    """
    state = request.listing = State(request, listing)
    _known = state.columns
    where = None if getattr(request, "htmx", False) else state.opening()
    return redirect(where) if where and request.method == "GET" else None


def listed(listing: Listing) -> Callable[[View], View]:
    """Let a view show a list: it opens with the reader's default view, in the chosen columns."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return begin(request, listing) or view(request, *args, **kwargs)

        return inner

    return decorate


def show(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Answer the page of a list, or for htmx its part `table` alone."""
    is_fragment = request.htmx and not request.htmx.boosted
    name = f"{template}#table" if is_fragment else template
    is_live = status == 200 and request.listing.is_first_page
    response = render(request, name, {"is_live": is_live, **context}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def cleared(request: HttpRequest) -> str:
    """Answer this list's address without its filters; the chosen project stays."""
    state: State = request.listing
    query = {"project_id": request.GET.get("project_id"), "columns": request.GET.get("columns")}
    query = {name: value for name, value in query.items() if value}
    if state.has_default:
        query["view"] = EVERYTHING
    return state.address(urlencode(query))
