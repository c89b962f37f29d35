"""The API of entries: read, written and refused as the contract says."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import callers, tenancy
from knowledge.models import KnowledgeEntry
from tests import factories
from tests.knowledge import make
from tests.runs.transactions import read_only

PATH = "/knowledge/entries"
UNKNOWN = "6f5b8a52-2a38-5c3b-9f0e-6d1c6f0d5e11"


@pytest.fixture
def patch(api):
    """PATCH an entry; headers by name."""

    def send(entry_id, body, **headers):
        return api.client.patch(
            f"/api/v1{PATH}/{entry_id}",
            json.dumps(body),
            content_type="application/json",
            headers={**api.headers, **headers},
        )

    return send


def fields(answer):
    return [row["field"] for row in answer.json()["errors"]]


def test_an_entry_is_written_and_read_with_its_etag(api):
    made = api.post(PATH, {"title": "Disk full", "content": "# 磁碟", "tags": ["disk"]})
    assert made.status_code == 201
    read = api.get(f"{PATH}/{made.json()['entry_id']}")
    body = read.json()
    assert (body["title"], body["content"], body["tags"]) == ("Disk full", "# 磁碟", ["disk"])
    assert (body["status"], body["version"], read["ETag"]) == ("draft", 1, '"1"')
    assert (body["writes_on_read"], body["manual_review_required"]) == (False, True)


def test_the_list_has_the_fields_of_the_contract(api, by):
    make.entry(by)
    body = api.get(PATH).json()
    assert body.keys() == {
        "items", "total", "total_is_exact", "page", "per_page", "next_cursor", "respelled",
        "writes_on_read", "manual_review_required",
    }  # fmt: skip
    assert body["items"][0]["title"] == "Disk of a node is full"
    assert (body["writes_on_read"], body["manual_review_required"]) == (False, True)


def test_a_search_answers_a_marked_snippet_and_how_words_were_read(api, by):
    make.entry(by)
    body = api.get(PATH, q="rotaet the logs").json()
    assert "<mark>Rotate</mark> the <mark>logs</mark>" in body["items"][0]["snippet"]
    assert body["respelled"] == {"rotaet": ["rotate"]}


@pytest.mark.parametrize(
    "query",
    [
        {"status": "draft"},
        {"entry_type": "reference"},
        {"category": "net"},
        {"tag": "switch"},
        {"stale": "false"},
    ],
    ids=str,
)
def test_filters_narrow_the_list(api, by, query):
    make.many(1, updated_at=make.now().replace(year=2020))
    make.entry(
        by, title="Mine", status="draft", entry_type="reference", category="net", tags=["switch"]
    )
    assert [item["title"] for item in api.get(PATH, **query).json()["items"]] == ["Mine"]


def test_the_pages_of_the_list_go_on_by_cursor(api, project):
    make.many(5)
    first = api.get(PATH, per_page=3).json()
    rest = api.get(PATH, per_page=3, cursor=first["next_cursor"]).json()
    seen = [item["title"] for item in first["items"] + rest["items"]]
    assert seen == [f"Entry {number}" for number in range(5)]
    assert (first["total"], rest["next_cursor"]) == (5, None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "x"}, "status"),
        ({"entry_type": "x"}, "entry_type"),
        ({"stale": "x"}, "stale"),
        ({"q": "x" * 201}, "q"),
        ({"per_page": 201}, "per_page"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": "x", "q": "disk"}, "cursor"),
    ],
    ids=str,
)
def test_a_query_that_makes_no_sense_names_the_field(api, query, field):
    answer = api.get(PATH, **query)
    assert (answer.status_code, fields(answer)) == (422, [field])


def test_a_change_needs_the_version_that_was_read(api, by, patch):
    entry = make.entry(by)
    assert fields(patch(entry.pk, {"title": "New"})) == ["version"]
    done = patch(entry.pk, {"title": "New", "version": 1, "reason": "clearer"})
    assert (done.status_code, done.json()["version"]) == (200, 2)
    late = patch(entry.pk, {"title": "Newer", "version": 1})
    assert (late.status_code, late.json()["code"]) == (409, "version_conflict")
    assert late.json()["current_version"] == 2
    by_header = patch(entry.pk, {"title": "Newer"}, **{"If-Match": '"2"'})
    assert by_header.json()["title"] == "Newer"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": None}, "title"),
        ({"title": ""}, "title"),
        ({"content": 5}, "content"),
        ({"tags": "x"}, "tags"),
        ({"source": "x"}, "source"),
        ({"related_playbook_id": UNKNOWN}, "related_playbook_id"),
        ({"related_incident_id": "x"}, "related_incident_id"),
        ({"entry_type": "review_draft"}, "entry_type"),
    ],
    ids=str,
)
def test_a_bad_change_names_the_field_and_changes_nothing(by, patch, body, field):
    entry = make.entry(by)
    answer = patch(entry.pk, {**body, "version": 1})
    assert (answer.status_code, fields(answer)) == (422, [field])
    assert KnowledgeEntry.objects.get().version == 1


def test_a_tie_is_taken_away_by_null(by, patch):
    entry = make.entry(by, related_incident_id="INC-20261121-7QX2")
    answer = patch(entry.pk, {"related_incident_id": None, "version": 1})
    assert answer.json()["related_incident_id"] is None


@pytest.mark.parametrize("scopes", [("read",), ("ingest", "read"), ("decide",)], ids=str)
def test_a_key_without_the_scope_may_not_write(project, scopes):
    api = factories.ApiClient(factories.api_key(scopes=scopes))
    answer = api.post(PATH, {"title": "x"})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_another_projects_entry_is_not_found(api, patch, other_project):
    with tenancy.scope(["other"]):
        entry = make.entry(callers.system("tests", ["other"]), "other")
    assert api.get(f"{PATH}/{entry.pk}").status_code == 404
    assert patch(entry.pk, {"title": "x", "version": 1}).status_code == 404
    assert api.get(PATH).json()["items"] == []
    assert api.get(PATH, project_id="other").status_code == 404
    assert api.post(PATH, {"title": "x", "project_id": "other"}).status_code == 404


@pytest.mark.parametrize("query", [{}, {"q": "service"}, {"q": "service", "tag": "x"}], ids=str)
def test_twice_as_many_cost_no_more_statements(api, query):
    counts = []
    for _ in range(2):
        make.many(5, tags=["x"])
        api.get(PATH, **query)
        with CaptureQueriesContext(connection) as queries:
            assert len(api.get(PATH, **query).json()["items"]) >= 5
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]


def test_reading_works_in_a_read_only_transaction(api, by):
    entry = make.entry(by)
    api.get(PATH)  # the key's last use is noted by the first
    with read_only():
        assert api.get(PATH, q="dsk").status_code == 200
        assert api.get(f"{PATH}/{entry.pk}").status_code == 200
