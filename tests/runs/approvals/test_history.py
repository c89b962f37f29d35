"""What became of the approvals that are over: by filters, as a page, a file and by the API."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import clock, tenancy
from runs.actions import approvals, expiry
from tests import factories
from tests.runs.transactions import read_only

PAGE = "/awooop/approvals"
LIST = "/platform/approvals/history"


@pytest.fixture
def mine(operator):
    return factories.caller_of_user(operator)


@pytest.fixture
def lin(project):
    return factories.caller_of_user(factories.user("lin@example.org", awoooi="operator"))


def ended(by, key, decision="approve", reason="", **values):
    asked = factories.waiting(key, **values)
    approvals.decide(by=by, approval_id=asked.pk, decision=decision, reason=reason)
    asked.refresh_from_db()
    return asked


def shown(page, **query: str) -> str:
    return page.get(PAGE, {"tab": "history", **query}).content.decode()


def names(page, **query: str) -> set[str]:
    text = shown(page, **query)
    return {name for name in ("alpha", "beta", "gamma") if f">{name}</a>" in text}


@pytest.fixture
def three(mine, lin, key):
    """An approval, a rejection by another person, and one that nobody decided."""
    ended(mine, key, tool_name="alpha", risk_level="low", incident_id="INC-20261121-AAAA")
    ended(lin, key, "reject", "Not now", tool_name="beta", run_values={"agent_id": "db-agent"})
    gone = factories.waiting(key, tool_name="gamma", expires_in_s=60)
    with clock.set_to(gone.expires_at + timedelta(seconds=1)):
        expiry.sweep()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"alpha", "beta", "gamma"}),
        ({"outcome": "approved"}, {"alpha"}),
        ({"outcome": "rejected"}, {"beta"}),
        ({"outcome": "expired"}, {"gamma"}),
        ({"risk_level": "low"}, {"alpha"}),
        ({"approver": "lin@example.org"}, {"beta"}),
        ({"approver": "lin"}, set()),
        ({"agent_id": "db-agent"}, {"beta"}),
        ({"tool_name": "gamma"}, {"gamma"}),
        ({"incident_id": "INC-20261121-AAAA"}, {"alpha"}),
        ({"outcome": "approved", "agent_id": "db-agent"}, set()),
        ({"since": "2000-01-01"}, {"alpha", "beta", "gamma"}),
        ({"since": "2100-01-01"}, set()),
        ({"until": "2000-01-01"}, set()),
    ],
)
def test_the_page_and_the_api_filter_alike(page, api, three, query, found):
    assert names(page, **query) == found
    moments = {k: f"{v}T00:00:00Z" for k, v in query.items() if k in ("since", "until")}
    rows = api.get(LIST, **{**query, **moments}).json()["approvals"]
    assert {row["tool_name"] for row in rows} == found


def test_the_last_day_is_counted_whole_in_the_readers_zone(page, operator, mine, key):
    asked = ended(mine, key, tool_name="alpha")
    day = asked.requested_at.astimezone(ZoneInfo(operator.time_zone)).date().isoformat()
    assert names(page, since=day, until=day) == {"alpha"}


def test_a_row_says_who_why_and_how_long_it_took(api, mine, key):
    at = clock.now()
    with clock.set_to(at - timedelta(seconds=90)):
        asked = factories.waiting(key)
    with clock.set_to(at):
        approvals.decide(by=mine, approval_id=asked.pk, decision="reject", reason="Not now")
    (row,) = api.get(LIST).json()["approvals"]
    assert (row["outcome"], row["waited_s"]) == ("rejected", 90)
    assert row["votes_detail"][0]["approver"] == "operator@example.org"
    assert row["votes_detail"][0]["reason"] == "Not now"
    assert row["digest"] == asked.digest


def test_a_row_leads_to_its_run(page, mine, key):
    asked = ended(mine, key)
    assert f'href="/awooop/runs/{asked.run_id}"' in shown(page)


def test_the_file_has_all_of_it_and_no_formulas(page, mine, key):
    for _ in range(3):
        ended(mine, key, "reject", "=cmd()", tool_name="alpha")
    answer = page.get(PAGE, {"tab": "history", "format": "csv", "outcome": "rejected"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 3
    assert rows[0]["rejected_by"] == "operator@example.org"
    assert rows[0]["reasons"] == "'=cmd()"


def test_pages_go_on_and_nothing_is_lost(api, mine, key):
    made = {str(ended(mine, key).pk) for _ in range(5)}
    first = api.get(LIST, per_page=3).json()
    rest = api.get(LIST, per_page=3, cursor=first["next_cursor"]).json()
    assert {row["approval_id"] for row in first["approvals"] + rest["approvals"]} == made


@pytest.mark.parametrize(
    "query",
    [
        {"outcome": "pending"},
        {"risk_level": "huge"},
        {"incident_id": "nonsense"},
        {"since": "yesterday"},
        {"until": "2026-02-31"},
        {"format": "pdf"},
        {"cursor": "made-up"},
    ],
)
def test_what_makes_no_sense_is_422(page, query):
    assert page.get(PAGE, {"tab": "history", **query}).status_code == 422


def test_a_wrong_filter_is_said_at_its_field_and_kept(page):
    text = shown(page, incident_id="nonsense")
    assert 'value="nonsense"' in text
    assert "id_incident_id_error" in text


def test_another_projects_history_is_not_shown(page, api, other_project, mine, key):
    with tenancy.scope(["other"]):
        foreign_key = factories.api_key("other")
        them = factories.caller_of_user(factories.user("them@example.org", other="operator"))
        asked = factories.waiting(foreign_key, "other", tool_name="gamma")
        approvals.decide(by=them, approval_id=asked.pk, decision="approve")
    assert names(page) == set()
    assert api.get(LIST).json()["total"] == 0
    assert api.get(LIST, project_id="other").status_code == 404


def test_it_reads_only_and_costs_the_same_for_more(page, api, mine, key):
    counts = []
    for _ in range(2):
        for _ in range(3):
            ended(mine, key)
        with read_only(), CaptureQueriesContext(connection) as queries:
            assert api.get(LIST).status_code == 200
            shown(page, approver="operator@example.org")
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]
