"""The first view of a page asks the database for little: at most 20 statements, whoever looks."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.walks import addresses, tables
from tests.walks.asking import Asker, admin_url, by_login

pytestmark = pytest.mark.django_db
MOST = 20


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
    assert {what: count for what, count in asked.items() if count > MOST} == {}


def test_the_first_view_of_every_admin_page(mine, root):
    asker, asked = by_login(root), {}
    for label in tables.walked(tables.ADMINS, addresses.admins()):
        asked[f"{label} list"] = _count(asker, admin_url(label, "changelist"))
        for row in mine.rows.get(label, [])[:1]:
            asked[f"{label} form"] = _count(asker, admin_url(label, "change", row.pk))
    assert {what: count for what, count in asked.items() if count > MOST} == {}


def _count(asker: Asker, url: str, query: dict[str, str] | None = None) -> int:
    with CaptureQueriesContext(connection) as asked:
        asker.page(url, query)
    # What begins and ends a block of a transaction is not asked of a table.
    return sum("SAVEPOINT" not in one["sql"][:20] for one in asked.captured_queries)
