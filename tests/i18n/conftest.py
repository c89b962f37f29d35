"""The walks' data set: a row in every table, so that every page has something to show."""

from __future__ import annotations

from tests.walks.conftest import mine, root, worlds

__all__ = ["mine", "root", "worlds"]
