"""What every list of the console has: views, columns, a file, updates; see docs/console.md."""

from awooop.listing.registry import Column, Listing, every, get, register
from awooop.listing.state import State, begin, cleared, listed

__all__ = ["Column", "Listing", "State", "begin", "cleared", "every", "get", "listed", "register"]
