"""Cards that higher rooms put on the home page; the page itself knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

# The readable projects -> what the card's template shows; None: there is nothing to show.
Read = Callable[[Sequence[str]], dict[str, Any] | None]


@dataclass(frozen=True)
class Card:
    """A card: its template, which finds what was read as `card`, and its place (low first)."""

    template: str
    order: int
    read: Read


_cards: dict[str, Card] = {}


def add(name: str, template: str, order: int, read: Read) -> None:
    """Register a card; raises ValueError for a second of the name.

    It may cost a fixed number of statements, and few: the page has twenty in all.
    """
    if name in _cards:
        raise ValueError(f"{name} is registered already")
    _cards[name] = Card(template, order, read)


def of(projects: Sequence[str]) -> list[dict[str, Any]]:
    """Answer `{template, data}` for each card that has something to show."""
    cards = sorted(_cards.values(), key=lambda card: card.order)
    found = [{"template": card.template, "data": card.read(projects)} for card in cards]
    return [card for card in found if card["data"] is not None]
