from __future__ import annotations

import pytest
from django.db import connection

from awooop import callers
from awooop.actions import audit, audit_anchors

BY = callers.system("tests", ["awoooi"])


@pytest.fixture
def append(project):
    """Append records to awoooi's chain."""

    def more(count: int = 1) -> None:
        entries = [audit.Entry("test.done", "thing", str(n), {"n": n}) for n in range(count)]
        audit.append_many(project_id="awoooi", by=BY, entries=entries)

    return more


@pytest.fixture
def anchored(append):
    """Twelve records, anchored after the fourth, the eighth and the twelfth."""
    for count in (3, 4, 4):
        append(count)
        audit_anchors.anchor("awoooi")


@pytest.fixture
def as_owner(db):
    """What somebody with the owner's rights, but without the key, could do."""

    def run(*statements: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
            for table in ("awooop_auditrecord", "awooop_auditanchor"):
                cursor.execute(f"alter table {table} disable trigger user")
            for statement in statements:
                cursor.execute(statement)
            for table in ("awooop_auditrecord", "awooop_auditanchor"):
                cursor.execute(f"alter table {table} enable trigger user")

    return run


@pytest.fixture
def command(db):
    """Run a management command with its output kept."""
    from tests.awooop.commands.conftest import run

    return run
