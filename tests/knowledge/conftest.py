"""People of each role, and entries."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import factories
from tests.knowledge import make


@pytest.fixture
def owner(project):
    """A knowledge owner's account."""
    return factories.user("owner@example.org", awoooi="knowledge_owner")


@pytest.fixture
def by(owner):
    """The knowledge owner as a caller."""
    return factories.caller_of_user(owner)


@pytest.fixture
def page(owner):
    """A browser-like client, signed in as the knowledge owner."""
    client = Client()
    client.force_login(owner)
    return client


@pytest.fixture
def viewer(project):
    """A browser-like client of somebody who may only look."""
    client = Client()
    client.force_login(factories.user("viewer@example.org", awoooi="viewer"))
    return client


@pytest.fixture
def entry(by):
    """An entry about full disks."""
    return make.entry(by)
