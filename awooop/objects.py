"""Where the things that records tell of are shown: each room says it of its own kinds."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

Href = Callable[[str], str]
_hrefs: dict[str, Href] = {}


def add(kind: str, href: Href) -> None:
    """Say where things of a kind are shown, by their id; raises ValueError for a second."""
    if kind in _hrefs:
        raise ValueError(f"{kind} is registered already")
    _hrefs[kind] = href


def href(kind: str, ident: str) -> str:
    """Answer the page of a thing, '' where its kind has none, or no thing is called so."""
    try:
        return _hrefs[kind](ident) if kind in _hrefs else ""
    except NoReverseMatch:  # a record may hold any text
        return ""


def register_own() -> None:
    """Register the kernel's own kinds; called once, when the app is ready."""
    add("contract", lambda ident: reverse("contract", args=[ident]))
    add("project", lambda ident: f"{reverse('runs-list')}?{urlencode({'project_id': ident})}")
    add("stop", lambda ident: reverse("stop", args=[ident]))
    add("shared_view", lambda ident: reverse("saved-views"))
