"""The first view of a page asks the database for little: at most 20 statements, whoever looks."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.walks import addresses, tables
from tests.walks.asking import Asker, admin_url, by_login

pytestmark = pytest.mark.django_db
MOST = 20
# Pages that ask for more than they should, and how much: each reads many evidence tables at once.
# A number here may fall, never rise.
MORE = {
    "run-detail": 44,
    "work-items": 41,  # one is what the reader chose for the list, as on every list
    "incident-detail": 30,
    "approvals": 26,
    "governance slo": 24,
}


def test_the_first_view_of_every_page(mine, root):
    asker, asked = by_login(root), {}
    for name in tables.walked(tables.PAGES, addresses.pages()):
        page = tables.PAGES[name]
        if page.look is None or page.is_pulse:
            continue
        url = tables.page_url(name, mine)
        asked[name] = _count(asker, url)
        for tab in page.tabs:
            asked[f"{name} {tab}"] = _count(asker, url, {"tab": tab})
    assert {what: count for what, count in asked.items() if count > _most(what)} == {}


def test_the_first_view_of_every_admin_page(mine, root):
    asker, asked = by_login(root), {}
    for label in tables.walked(tables.ADMINS, addresses.admins()):
        asked[f"{label} list"] = _count(asker, admin_url(label, "changelist"))
        for row in mine.rows.get(label, [])[:1]:
            asked[f"{label} form"] = _count(asker, admin_url(label, "change", row.pk))
    assert {what: count for what, count in asked.items() if count > MOST} == {}


def _most(what: str) -> int:
    return MORE.get(what) or MORE.get(what.split()[0], MOST)


def _count(asker: Asker, url: str, query: dict[str, str] | None = None) -> int:
    with CaptureQueriesContext(connection) as asked:
        asker.page(url, query)
    # What begins and ends a block of a transaction is not asked of a table.
    return sum("SAVEPOINT" not in one["sql"][:20] for one in asked.captured_queries)
