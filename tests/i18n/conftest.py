"""The walks' data set: a row in every table, so that every page has something to show."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone, translation

from tests.walks.conftest import mine, root, worlds

__all__ = ["mine", "root", "worlds"]


@pytest.fixture(autouse=True)
def spoken_again() -> Iterator[None]:
    """The language and zone of before, for the next test: a page leaves the reader's behind."""
    yield
    translation.deactivate()
    timezone.deactivate()
