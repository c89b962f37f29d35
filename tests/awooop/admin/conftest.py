from __future__ import annotations

import pytest
from django.test import Client

from tests import factories


@pytest.fixture
def root(project):
    """A superuser's account."""
    return factories.user("root@example.org", is_superuser=True)


@pytest.fixture
def root_page(root):
    """A browser-like client, signed in as the superuser."""
    client = Client()
    client.force_login(root)
    return client


@pytest.fixture
def project_admin(project):
    """The account of a staff member who administers `awoooi`."""
    account = factories.user("admin@example.org", awoooi="project_admin")
    account.is_staff = True
    account.save()
    return account


@pytest.fixture
def admin_page(project_admin):
    """A browser-like client, signed in as the project's administrator."""
    client = Client()
    client.force_login(project_admin)
    return client
