"""Fixtures that most tests use: a project, people of each role, keys, a scope.

`tests/conftest.py` takes them all; each imports what it needs of the product itself.
"""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def nobody_asked_before():
    """Start each test without the time zone and language of an earlier request."""
    from django.utils import timezone, translation

    timezone.deactivate()
    translation.deactivate()


@pytest.fixture
def project(db):
    """The project `awoooi`, visible for the rest of the test."""
    from awooop import tenancy
    from tests import factories

    made = factories.project("awoooi")
    tenancy.set_for_transaction(["awoooi"])
    return made


@pytest.fixture
def other_project(project):
    """A second project, `other`; the scope stays on `awoooi`."""
    from tests import factories

    return factories.project("other")


@pytest.fixture
def key(project):
    """The text of a key for `awoooi` with every scope."""
    from tests import factories

    return factories.api_key("awoooi")


@pytest.fixture
def api(key):
    """A test client that sends the key and JSON."""
    from tests import factories

    return factories.ApiClient(key)


@pytest.fixture
def operator(project):
    """A signed-in operator's account."""
    from tests import factories

    return factories.user("operator@example.org", awoooi="operator")


@pytest.fixture
def page(operator):
    """A browser-like client, signed in as the operator."""
    from django.test import Client

    client = Client()
    client.force_login(operator)
    return client


@pytest.fixture(scope="module")
def module_db(django_db_setup, django_db_blocker):
    """One transaction around the tests of a module, rolled back after the last.

    What a module's own fixtures write in it is made once and is there for each test, whose own
    transaction becomes a savepoint in it. Not for modules with tests that commit.
    """
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The flush after a test that commits truncates all tables, and the audit table refuses
    that."""
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("alter table awooop_auditrecord disable trigger audit_no_truncate")


@pytest.fixture
def truncatable(transactional_db):
    """For tests that commit: real transactions, real connections, tables emptied afterwards."""
