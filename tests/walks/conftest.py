"""One data set for the tests of a module: two projects, each with rows in every table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from awooop import tenancy
from tests import factories
from tests.walks.world import World

MINE, THEIRS = "mimosas", "quetzal"


@pytest.fixture(scope="module")
def worlds(django_db_setup, django_db_blocker) -> Iterator[tuple[World, World]]:
    """My world and theirs, for the tests of a module; gone at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = World(MINE), World(THEIRS)
        tenancy.set_for_transaction([])
        yield made
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def mine(worlds) -> World:
    """The project of the one who asks."""
    return worlds[0]


@pytest.fixture(scope="module")
def theirs(worlds) -> World:
    """The other project."""
    return worlds[1]


@pytest.fixture(scope="module")
def root(worlds):
    """A superuser's account."""
    return factories.user("root@example.org", is_superuser=True)
