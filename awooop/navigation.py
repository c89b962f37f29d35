"""The console's navigation: each app contributes its pages with their counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme

from awooop import paths, permissions
from awooop.callers import Caller
from awooop.together import Read

Count = Callable[[Caller], Read]


@dataclass(frozen=True)
class Entry:
    """One place: its URL's name, label, order (low first) and, if it has one, how to ask for the
    number of what waits there."""

    url_name: str
    label: str | Promise
    order: int
    count: Count | None = None
    operation: str | None = None

    def is_for(self, caller: Caller) -> bool:
        """Whether the caller may go there: somewhere, where it asks for an operation."""
        if self.operation is None:
            return True
        return any(permissions.can(caller, self.operation, one) for one in caller.projects)


@dataclass(frozen=True)
class Place:
    """A page as the palette finds it: its names are its label, also in English."""

    label: str
    href: str
    within: str
    names: tuple[str, ...]


_entries: dict[str, Entry] = {}
_inner: dict[str, tuple[str, str | Promise, str | Promise, bool]] = {}


def add(
    url_name: str,
    label: str | Promise,
    order: int,
    count: Count | None = None,
    *,
    operation: str | None = None,
) -> None:
    """Register a place, for who may do an operation of the role table somewhere; raises ValueError
    for a second of the name."""
    if url_name in _entries:
        raise ValueError(f"{url_name} is registered already")
    _entries[url_name] = Entry(url_name, label, order, count, operation)


def add_inner(
    address: str, label: str | Promise, within: str | Promise = "", *, staff_only: bool = False
) -> None:
    """Register a page that the navigation does not list and the palette finds: `name`, or
    `name?query`; raises ValueError for a second of the address."""
    if address in _inner:
        raise ValueError(f"{address} is registered already")
    _inner[address] = (address.partition("?")[0], label, within, staff_only)


def places(caller: Caller) -> list[Place]:
    """Answer every page that the caller can go to, in the navigation's order."""
    is_staff = caller.user is not None and caller.user.is_staff
    found = [_place(entry.url_name, "", entry.label, "") for entry in _places_of(caller)]
    for address, (name, label, within, staff_only) in _inner.items():
        if is_staff or not staff_only:
            found.append(_place(name, address.partition("?")[2], label, within))
    return found


def _place(name: str, query: str, label: str | Promise, within: str | Promise) -> Place:
    with translation.override("en"):
        in_english = f"{label} {within}"
    here = f"{label} {within}"
    href = f"{paths.path(name)}?{query}" if query else paths.path(name)
    return Place(str(label), href, str(within), (here, in_english))


def counts(caller: Caller) -> dict[str, Read]:
    """Answer what to ask for the numbers beside the places, by the names of their URLs."""
    return {entry.url_name: entry.count(caller) for entry in _places_of(caller) if entry.count}


def items(request: HttpRequest, counted: Mapping[str, int]) -> list[dict[str, Any]]:
    """Answer the navigation for a signed-in reader: `[{href, label, active, count}]`, with what was
    found for `counts`.

    The project that the page is narrowed to stays chosen on the way to the next.
    """
    found = []
    for entry in _places_of(request.caller):
        path = paths.path(entry.url_name)
        is_here = request.path == path or (path != "/" and request.path.startswith(f"{path}/"))
        count = counted.get(entry.url_name)
        href = in_project(request, path)
        found.append({"href": href, "label": entry.label, "active": is_here, "count": count})
    return found


def _places_of(caller: Caller) -> list[Entry]:
    ordered = sorted(_entries.values(), key=lambda entry: entry.order)
    return [entry for entry in ordered if entry.is_for(caller)]


def way_back(request: HttpRequest, wanted: str, otherwise: str) -> str:
    """Answer where a form leads back to: the path that it names, if it is one of this console."""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours and wanted.startswith("/") and wanted.isprintable() else otherwise


def in_project(request: HttpRequest, path: str, **query: str) -> str:
    """Answer a page's address with the query and the project that this request is narrowed to."""
    chosen = request.GET.get("project_id", "")
    if chosen in request.caller.projects:
        query["project_id"] = chosen
    return f"{path}?{urlencode(query)}" if query else path
