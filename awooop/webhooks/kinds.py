"""The kinds of events that can be subscribed to: each room adds its own."""

from __future__ import annotations

from django.utils.functional import Promise

TEST = "webhook.test"
_kinds: dict[str, str | Promise] = {}


def add(kind: str, label: str | Promise) -> None:
    """Register a kind, as `noun.verb`; raises ValueError for a second of the name."""
    if kind in _kinds:
        raise ValueError(f"the webhook kind {kind} is registered already")
    _kinds[kind] = label


def all_kinds() -> dict[str, str | Promise]:
    """Answer every kind with its label, in the order of their names."""
    return dict(sorted(_kinds.items()))
