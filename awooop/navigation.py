"""The console's navigation: each app contributes its pages with their counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from awooop.callers import Caller

Count = Callable[[Caller], int]


@dataclass(frozen=True)
class Entry:
    """One place: its URL's name, label, order (low first) and, if it has one, a count of what
    waits."""

    url_name: str
    label: str | Promise
    order: int
    count: Count | None = None


_entries: dict[str, Entry] = {}


def add(url_name: str, label: str | Promise, order: int, count: Count | None = None) -> None:
    """Register a place; raises ValueError for a second of the name."""
    if url_name in _entries:
        raise ValueError(f"{url_name} is registered already")
    _entries[url_name] = Entry(url_name, label, order, count)


def items(request: HttpRequest) -> list[dict[str, Any]]:
    """Answer the navigation for a signed-in reader: `[{href, label, active, count}]`."""
    found = []
    for entry in sorted(_entries.values(), key=lambda entry: entry.order):
        href = reverse(entry.url_name)
        is_here = request.path == href or (href != "/" and request.path.startswith(f"{href}/"))
        count = entry.count(request.caller) if entry.count else None
        found.append({"href": href, "label": entry.label, "active": is_here, "count": count})
    return found
