"""The lists of the console: each says its name, its address and its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True)
class Column:
    """A column, or a card's fact, that a reader can hide; `fields` are those of the file that it
    stands for (None: the one of its key)."""

    key: str
    label: str | Promise
    fields: tuple[str, ...] | None = None
    is_shown: bool = True

    @property
    def in_file(self) -> tuple[str, ...]:
        """The fields of the file that it stands for."""
        return (self.key,) if self.fields is None else self.fields


@dataclass(frozen=True)
class Listing:
    """A list: `query` is what its address must have, `columns` those that can be hidden.

    The first column, which leads to the row's page, is not among them: it always stands, and
    `fixed` are its fields in the file. A list of cards (`has_cards`) has facts where a table has
    columns: what a reader hides there is left out of each card.
    """

    name: str
    url_name: str
    label: str | Promise
    columns: tuple[Column, ...] = ()
    fixed: tuple[str, ...] = ()
    has_cards: bool = False
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Its address without a query."""
        return reverse(self.url_name)

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(column.key for column in self.columns)


_listings: dict[str, Listing] = {}


def register(listing: Listing) -> Listing:
    """Register a list; raises ValueError for a second of the name."""
    if listing.name in _listings:
        raise ValueError(f"the list {listing.name} is registered already")
    _listings[listing.name] = listing
    return listing


def every() -> list[Listing]:
    """Answer all lists, by their names."""
    return [_listings[name] for name in sorted(_listings)]


def get(name: str) -> Listing | None:
    """Answer the list of that name, None where there is none."""
    return _listings.get(name)
