"""The demo's month, told once, and made once in a transaction that is rolled back."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import pytest
from django.db import transaction

from awooop import clock, tenancy
from runs.demo import history, making
from runs.demo.chapter import Chapter

PROJECT = "awoooi"
MOMENT = datetime(2026, 11, 20, 6, 30, 12, 345678, tzinfo=UTC)


def make() -> dict[str, int] | None:
    """Make the month that ends at MOMENT."""
    with clock.set_to(MOMENT):
        return making.make(project_id=PROJECT, tell=lambda _: None)


@pytest.fixture(scope="module")
def made(module_db):
    """The demo project in the database, for the tests of a module, which read it."""
    counts = make()
    tenancy.set_for_transaction([PROJECT])
    return counts


@pytest.fixture
def change(made):
    """Lets a test change the rows of `made`: what it does is undone at its end."""
    savepoint = transaction.savepoint()
    yield
    transaction.savepoint_rollback(savepoint)


MOMENTS = [
    datetime(2026, 11, 20, 6, 30, 12, 345678, tzinfo=UTC),  # a Friday afternoon in Taipei
    datetime(2026, 11, 21, 19, 2, tzinfo=UTC),  # a Sunday night
    datetime(2027, 2, 28, 16, 0, 1, tzinfo=UTC),  # a month begins in Taipei, not yet in UTC
    datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
]


@cache
def told(moment: datetime) -> Chapter:
    return history.tell("awoooi", moment, "Asia/Taipei")


@pytest.fixture(params=MOMENTS, ids=lambda moment: f"{moment:%Y-%m-%dT%H:%M}")
def moment(request) -> datetime:
    return request.param


@pytest.fixture
def book(moment) -> Chapter:
    return told(moment)
