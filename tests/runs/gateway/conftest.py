from __future__ import annotations

import pytest

from tests.runs.gateway import support


@pytest.fixture
def desk(key) -> support.Desk:
    """An agent at work under a contract."""
    return support.desk(key)
