"""The page of runs: filters in the address, paging, CSV, refresh, isolation."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import clock, tenancy
from awooop.csv_export import BYTE_ORDER_MARK
from awooop.listing import export
from tests import factories
from tests.runs.reads import rows

RUNS = "/awooop/runs"


def make(number, **values):
    with clock.set_to(rows.at(number)):
        return factories.run(values.pop("project_id", "awoooi"), **values)


class _Links(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = {}
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a" and given.get("rel") in ("next", "prev"):
            self.found[given["rel"]] = given["href"]


def shown(response, *runs) -> list[bool]:
    html = response.content.decode()
    return [f'id="run-{run.run_id}"' in html for run in runs]


def test_a_run_is_listed_with_its_badges_and_incident(page, project):
    run = make(1, trigger_ref=rows.INCIDENT)
    rows.item(writes_incident_state=True)
    html = page.get(RUNS).content.decode()
    assert f'href="/awooop/runs/{run.run_id}"' in html
    assert "Write observed" in html
    assert f'href="/awooop/incidents/{rows.INCIDENT}"' in html


def test_filters_live_in_the_address_and_can_be_taken_away(page, project):
    wanted, other = make(1, agent_id="net-agent"), make(2)
    response = page.get(RUNS, {"agent_id": "net-agent", "state": "pending"})
    assert shown(response, wanted, other) == [True, False]
    html = response.content.decode()
    assert 'href="?state=pending"' in html  # the chip that takes the agent away
    assert 'value="net-agent"' in html
    assert '<option value="pending" selected>' in html


@pytest.mark.parametrize(
    "query",
    [
        {"state": "sleeping"},
        {"remediation_status": "fixed"},
        {"incident_id": "nonsense"},
        {"agent_id": "x" * 500},
        {"q": "x" * 500},
        {"cursor": "tampered"},
        {"page": "0"},
        {"per_page": "100000"},
    ],
)
def test_a_bad_filter_shows_the_form_with_the_error(page, project, query):
    response = page.get(RUNS, query)
    assert response.status_code == 422
    html = response.content.decode()
    assert "<form" in html
    assert "Clear the filters" in html


def test_the_pager_walks_to_the_end_and_back(page, project):
    made = [make(number) for number in range(5)]
    first = page.get(RUNS, {"per_page": 2})
    assert shown(first, *made) == [False, False, False, True, True]
    second = page.get(RUNS + _Links(first.content.decode()).found["next"])
    assert shown(second, *made) == [False, True, True, False, False]
    third = page.get(RUNS + _Links(second.content.decode()).found["next"])
    assert shown(third, *made) == [True, False, False, False, False]
    back = page.get(RUNS + _Links(third.content.decode()).found["prev"])
    assert shown(back, *made) == shown(second, *made)


def test_a_refresh_is_the_table_alone(page, project):
    run = make(1)
    response = page.get(RUNS, headers={"HX-Request": "true"})
    assert shown(response, run) == [True]
    assert "<html" not in response.content.decode()
    assert "HX-Request" in response["Vary"]


def test_only_the_first_page_refreshes_itself(page, project):
    for number in range(3):
        make(number)
    first = page.get(RUNS, {"per_page": 1}).content.decode()
    assert "data-refresh" in first
    second = page.get(RUNS + _Links(first).found["next"]).content.decode()
    assert "data-refresh" not in second


@pytest.mark.parametrize(("query", "words"), [({}, "No runs yet"), ({"q": "x"}, "has these")])
def test_an_empty_list_says_why(page, project, query, words):
    assert words in page.get(RUNS, query).content.decode()


def test_another_projects_runs_are_nowhere(page, other_project):
    with tenancy.scope(["other"]):
        foreign = make(1, project_id="other", trigger_ref=rows.INCIDENT)
    for query in ({}, {"incident_id": rows.INCIDENT}, {"q": str(foreign.run_id)}):
        assert shown(page.get(RUNS, query), foreign) == [False]
    assert page.get(RUNS, {"project_id": "other"}).status_code == 404


def test_a_reader_of_two_projects_sees_which_is_which(client, other_project):
    with tenancy.scope(["other"]):
        foreign = make(1, project_id="other")
    own = make(2)
    client.force_login(factories.user("both@example.org", awoooi="viewer", other="viewer"))
    assert shown(client.get(RUNS), own, foreign) == [True, True]
    assert shown(client.get(RUNS, {"project_id": "other"}), own, foreign) == [False, True]


def test_an_anonymous_reader_is_asked_to_sign_in(client, project):
    assert client.get(RUNS).status_code == 302


def read_csv(response) -> list[dict[str, str]]:
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode()
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK))))


def test_the_csv_is_the_filtered_set_whole_and_in_order(page, project, monkeypatch):
    monkeypatch.setattr(export, "BATCH", 2)
    made = [make(number, agent_id="net-agent") for number in range(5)]
    make(9)
    response = page.get(RUNS, {"agent_id": "net-agent", "format": "csv", "per_page": "1"})
    assert response["Content-Type"].startswith("text/csv")
    assert 'filename="runs.csv"' in response["Content-Disposition"]
    found = read_csv(response)
    assert [row["run_id"] for row in found] == [str(run.run_id) for run in made[::-1]]
    assert found[-1]["created_at"] == "2026-11-01T08:00:00.000000Z"
    assert found[0]["completed_at"] == ""


def test_no_cell_of_the_csv_is_a_formula(page, project):
    make(1, trigger_ref='=HYPERLINK("http://evil","x")')
    make(2, trigger_ref=f"+1 {rows.INCIDENT}")
    make(3, trigger_ref="調整，逗號\n換行")
    refs = [row["trigger_ref"] for row in read_csv(page.get(RUNS, {"format": "csv"}))]
    assert refs == ["調整，逗號\n換行", f"'+1 {rows.INCIDENT}", '\'=HYPERLINK("http://evil","x")']


def test_the_csv_holds_visible_projects_only(page, other_project):
    with tenancy.scope(["other"]):
        make(1, project_id="other")
    own = make(2)
    with tenancy.scope([]):  # as after the request: no scope is left
        found = read_csv(page.get(RUNS, {"format": "csv"}))
    assert [row["run_id"] for row in found] == [str(own.run_id)]


def test_a_bad_filter_makes_no_csv(page, project):
    assert page.get(RUNS, {"format": "csv", "state": "sleeping"}).status_code == 422


def test_twice_the_runs_cost_no_more_queries(page, project):
    def fill(numbers):
        for number in numbers:
            ident = f"INC-20261101-{number:04d}"
            make(number, trigger_ref=ident)
            rows.item(ident)

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert page.get(RUNS).status_code == 200
        return len(queries)

    fill(range(5))
    count()
    before = count()
    fill(range(5, 10))
    assert count() == before
