"""The tables know every address, and nothing that is gone."""

from __future__ import annotations

import pytest

from awooop.permissions import TABLE
from tests.walks import addresses, tables

KNOWN = [
    (addresses.operations, tables.OPERATIONS, "OPERATIONS", 'Op("ingest", {…a body…}, 201)'),
    (addresses.pages, tables.PAGES, "PAGES", "Page(filters=(…))"),
    (addresses.admins, tables.ADMINS, "ADMINS", "Admin()"),
]


@pytest.mark.parametrize(("found", "table", "name", "line"), KNOWN, ids=[one[2] for one in KNOWN])
def test_every_address_has_its_line(found, table, name, line):
    missing = sorted(set(found()) - set(table))
    assert not missing, (
        f'add to {name} of tests/walks/tables.py a line such as "…": {line} for:'
        f" {', '.join(missing)}"
    )


@pytest.mark.parametrize(("found", "table", "name", "line"), KNOWN, ids=[one[2] for one in KNOWN])
def test_every_line_has_its_address(found, table, name, line):
    gone = sorted(set(table) - set(found()))
    assert not gone, f"take out of {name} of tests/walks/tables.py: {', '.join(gone)}"


def test_every_write_with_a_body_says_what_it_takes():
    without = [
        name
        for name in tables.walked(tables.OPERATIONS, addresses.operations())
        if addresses.operations()[name].body and tables.OPERATIONS[name].body is None
    ]
    assert not without, f"say in tests/walks/tables.py which body these take: {without}"


def test_who_may_do_what_is_said_in_the_words_of_the_role_table():
    said = {tables.OPEN, tables.STAFF, tables.SUPERUSER, None, *TABLE}
    for name, page in tables.PAGES.items():
        assert {page.look, page.act} <= said, name
    for label, admin in tables.ADMINS.items():
        asked = {admin.view, admin.add, admin.change, admin.delete, *admin.acts.values()}
        assert asked <= said, label


def test_the_acts_of_every_admin_page_are_known():
    for label in tables.walked(tables.ADMINS, addresses.admins()):
        admin = addresses.admins()[label]
        acts = {act.name for act in getattr(admin, "acts", ())}
        assert acts == set(tables.ADMINS[label].acts), (
            f"{label}: say its acts in tests/walks/tables.py"
        )
