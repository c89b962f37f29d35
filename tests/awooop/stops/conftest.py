from __future__ import annotations

import pytest
from django.test import Client

from tests import factories


@pytest.fixture
def admin(project) -> Client:
    """A browser, signed in as the project's administrator."""
    client = Client()
    client.force_login(factories.user("admin@example.org", awoooi="project_admin"))
    return client


@pytest.fixture
def superuser(project) -> Client:
    """A browser, signed in as a superuser."""
    client = Client()
    client.force_login(factories.user("root@example.org", is_superuser=True))
    return client
