"""Finding anything by its id or by words: each room contributes finders, the palette asks all.

A finder answers a few hits of one kind in a fixed number of statements, each served by an index:
the palette asks at every pause in typing.
"""

from awooop.finding.registry import AT_MOST, Finder, Group, Hit, add, discover, find

__all__ = ["AT_MOST", "Finder", "Group", "Hit", "add", "discover", "find"]
