"""Reading never writes: every GET works in a transaction that the database holds to reading."""

from __future__ import annotations

import pytest
from django.urls import reverse

from awooop import tenancy
from tests.runs.transactions import read_only
from tests.walks import addresses, tables
from tests.walks.asking import Asker, admin_url, by_key, by_login
from tests.walks.world import World

pytestmark = pytest.mark.django_db
OPERATIONS = addresses.operations()
KNOWN = tables.walked(tables.OPERATIONS, OPERATIONS)
READS = [name for name in KNOWN if OPERATIONS[name].method == "GET"]


def _failures(asked: dict[str, tuple[str, int]]) -> dict[str, tuple[str, int]]:
    return {what: answer for what, answer in asked.items() if answer[1] >= 500}


def test_the_transaction_would_refuse_a_write(mine):
    from django.db import InternalError

    with tenancy.scope([mine.project_id]), pytest.raises(InternalError), read_only():
        mine.one("runs.run").save()


def test_every_operation_reads(mine):
    asker, asked = by_key(mine.key), {}
    for name in READS:
        with read_only():
            answer = asker.api("GET", tables.operation_path(name, mine))
        asked[name] = (answer.text_read[:300], answer.status_code)
    assert {what: answer for what, answer in asked.items() if answer[1] != 200} == {}


def test_every_page_reads(mine, root):
    asker, asked = by_login(root), {}
    for name in tables.walked(tables.PAGES, addresses.pages()):
        page = tables.PAGES[name]
        if page.is_pulse or page.look is None:
            continue
        for query in _looks(name):
            with read_only():
                answer = asker.page(tables.page_url(name, mine), query)
            asked[f"{name} {query}"] = (answer.text_read[-300:], answer.status_code)
    assert {what: answer for what, answer in asked.items() if answer[1] not in (200, 302)} == {}


def _looks(name: str) -> list[dict[str, str]]:
    """Answer the queries that show another part of a page."""
    return [{}, *({"tab": tab} for tab in tables.PAGES[name].tabs)]


def test_every_admin_page_reads(mine, root):
    asker, asked = by_login(root), {}
    for label in tables.walked(tables.ADMINS, addresses.admins()):
        for url in _admin_urls(label, mine):
            with read_only():
                answer = asker.page(url)
            asked[url] = (answer.text_read[-300:], answer.status_code)
    assert _failures(asked) == {}


def _admin_urls(label: str, world: World) -> list[str]:
    urls = [admin_url(label, "changelist"), admin_url(label, "add")]
    row = world.rows.get(label)
    if row:
        urls += [admin_url(label, view, row[0].pk) for view in ("change", "history", "delete")]
        urls += [admin_url(label, "act", row[0].pk, act) for act in tables.ADMINS[label].acts]
    return urls


def test_the_file_to_be_saved_is_read(mine, root):
    asker = by_login(root)
    with read_only():
        answer = asker.page(reverse("runs-list"), {"format": "csv"})
    assert answer.status_code == 200


def test_a_key_for_every_project_reads_them_all(worlds):
    from tests import factories

    asker: Asker = by_key(factories.api_key(None, scopes=["read"]))
    for name in READS:
        with read_only():
            answer = asker.api("GET", tables.operation_path(name, worlds[1]))
        assert answer.status_code == 200, name
