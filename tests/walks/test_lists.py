"""Every list of the console has the same tools; a new list that lacks one, or has no line here,
fails."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

import awooop.urls  # noqa: F401 - the views register their lists
from awooop import listing
from scripts.screenshots import pages as pictures
from tests.walks import addresses, tables
from tests.walks.asking import Asker, by_login

pytestmark = pytest.mark.django_db
# Of each list, filters that its address has and that leave nothing of what there is.
FILTERS = {
    "approvals": {"remediation_status": "write_observed"},
    "approvals-history": {"agent_id": "nobody"},
    "audit": {"actor": "nobody"},
    "callbacks": {"incident_id": "INC-20200101-NONE"},
    "channel-events": {"provider_prefix": "nothing"},
    "contracts": {"lifecycle_status": "deprecated"},
    "gateway": {"agent_id": "nobody"},
    "governance-drift": {"namespace": "nowhere"},
    "governance-events": {"event_type": "nothing"},
    "governance-queue": {"event_type": "nothing"},
    "incidents": {"q": "nothing-of-this-name"},
    "knowledge": {"q": "xyzzyxyzzy"},
    "knowledge-burn-down": {"owner": "nobody"},
    "knowledge-drafts": {"governance_event_id": "00000000-0000-0000-0000-000000000009"},
    "knowledge-reviews": {"priority_tiers": "P0", "status_bucket": "failed"},
    "knowledge-stale": {"priority_tier": "P0", "recommended_action": "owner_review"},
    "outbox": {"channel": "nothing"},
    "remediation-queue": {"action": "replay"},
    "runs": {"q": "nothing-of-this-name"},
    "stops": {"scope": "all"},
    "tenants": {"active": "false"},
    "webhooks": {"state": "off"},
    "work-items": {"status": "done", "owner": "knowledge_owner"},
}
# Pages with rows that are no list of their own, and why.
NO_LISTS = {
    "design": "samples of components",
    "knowledge-reviews-preview": "the ready ones of the list of reviews, as one form after another",
    "home": "the first few of each list",
}
NAMES = [one.name for one in listing.every()]
# The inbox: a card is shown whole, for nothing that a decision needs may be left out; what comes in
# is told beside it, for nothing may move under who is about to decide (tests/browser).
WHOLE = {"approvals"}
CHOSEN = [name for name in NAMES if name not in WHOLE]


@pytest.fixture(scope="module")
def asker(root) -> Asker:
    """A superuser."""
    return by_login(root)


@pytest.fixture
def shown(asker, mine, request) -> str:
    """The first page of a list."""
    return _page(asker, request.param, mine.project_id).text_read


def _page(asker: Asker, name: str, project_id: str, **query: str):
    known = listing.get(name)
    return asker.page(known.path, {**known.query, "project_id": project_id, **query})


def test_each_list_has_a_line():
    assert sorted(FILTERS) == NAMES


@pytest.mark.parametrize("shown", NAMES, indirect=True)
def test_it_has_views_facts_a_file_and_a_pause(shown):
    tools = shown.split('id="list-tools"')[1].split('id="main-content"')[0]
    assert 'id="list-views"' in tools
    name = re.search(r'name="page" value="([\w-]+)"', tools)[1]
    assert tools.count('name="columns"') >= 3 or name in WHOLE
    assert "format=csv" in tools
    assert "data-pause" in shown
    assert 'class="crumbs"' in shown
    assert "<h1" in shown


@pytest.mark.parametrize("name", CHOSEN)
def test_it_is_updated_by_itself_without_its_tools(asker, mine, name):
    html = _page(asker, name, mine.project_id).text_read
    (asked,) = re.findall(r'hx-get="([^"]*)" hx-trigger="every 15s"[^>]* data-refresh', html)
    headers = {"HX-Request": "true", "X-Refresh": "1"}
    part = Asker(asker.client, headers).page(listing.get(name).path + unescape(asked))
    assert part.status_code == 200
    assert "<body" not in part.text_read
    assert "list-tools" not in part.text_read


@pytest.mark.parametrize("name", NAMES)
def test_each_row_has_an_id_and_leads_on(asker, mine, name):
    html = _page(asker, name, mine.project_id).text_read
    rows = re.findall(
        r"<(?:tr|li|article)\b[^>]*data-key-item[^>]*>.*?</(?:tr|li|article)>", html, re.S
    )
    assert rows, "the world has no row of it: the test sees nothing"
    for row in rows:
        assert re.match(r"<[^>]*\bid=\"[\w.:-]+\"", row)
        assert "href=" in row


@pytest.mark.parametrize("name", NAMES)
def test_a_filter_in_the_address_leaves_nothing_and_is_cleared(asker, mine, name):
    answer = _page(asker, name, mine.project_id, **FILTERS[name])
    assert answer.status_code == 200
    main = answer.text_read.split("<main")[1]
    assert 'class="empty"' in main, "nothing is told where nothing is left"
    assert "Clear the filters" in main


@pytest.mark.parametrize("name", CHOSEN)
def test_what_is_left_out_is_left_out(asker, mine, name):
    known = listing.get(name)
    whole = _page(asker, name, mine.project_id).text_read
    least = _page(asker, name, mine.project_id, columns=known.keys[0]).text_read
    part = whole.split("data-refresh")[1], least.split("data-refresh")[1]
    assert len(part[1]) < len(part[0])
    file = _page(asker, name, mine.project_id, columns=known.keys[0], format="csv")
    heads = file.text_read.splitlines()[0].lstrip("\ufeff").split(",")
    assert set(heads) == {*known.fixed, *known.columns[0].in_file}


def _query(page, world):
    return page.query(world) if callable(page.query) else page.query


def test_no_page_of_rows_is_forgotten(asker, mine):
    known = {one.url_name for one in listing.every()} | set(NO_LISTS)
    rows = re.compile(r"<(?:tr|li|article)\b[^>]*data-key-item")
    found = set()
    for name in tables.walked(tables.PAGES, addresses.pages()):
        page = tables.PAGES[name]
        is_part = bool(addresses.pages()[name])  # the page of one thing
        if page.look is None or page.is_pulse or is_part or name in known:
            continue
        if rows.search(asker.page(reverse(name), _query(page, mine)).text_read):
            found.add(name)
    assert found == set()


def test_each_is_looked_at_as_pictures_with_texts_that_are_too_long():
    walked = {page.path.split("?")[0] for page in pictures.ROOMS}
    assert {one.path for one in listing.every()} <= walked
