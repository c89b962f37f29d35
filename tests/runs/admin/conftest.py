from __future__ import annotations

import pytest
from django.test import Client

from tests import factories


@pytest.fixture
def root_page(project):
    """A browser-like client, signed in as a superuser."""
    client = Client()
    client.force_login(factories.user("root@example.org", is_superuser=True))
    return client


@pytest.fixture
def staff_page(operator, page):
    """The operator's client, the account being staff."""
    operator.is_staff = True
    operator.save()
    return page


@pytest.fixture
def admin_page(project):
    """A client signed in as a staff member who administers `awoooi`."""
    account = factories.user("admin@example.org", awoooi="project_admin")
    account.is_staff = True
    account.save()
    client = Client()
    client.force_login(account)
    return client
