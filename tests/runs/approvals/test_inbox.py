"""The inbox: what waits, oldest first, and what arrives while one reads."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from awooop import clock
from runs.actions import approvals, remediation
from runs.models import (
    Approval,
    ApprovalStatus,
    Incident,
    LegacyMcpRecord,
    Playbook,
    RemediationRecord,
    Step,
)
from tests import factories
from tests.runs.transactions import read_only

INBOX = "/awooop/approvals"
HOSTILE = "<script>alert('x')</script> \u202eesrever\u202c שלום مرحبا 🚀 " + "長" * 3_000


def shown(text: str) -> list[str]:
    return re.findall(r'id="decision-([0-9a-f-]{36})"', text)


def get(client: Client, target: str = "", **query):
    headers = {"HX-Request": "true", "HX-Target": target} if target else {}
    return client.get(INBOX, query, headers=headers)


def with_records(approval: Approval, number: int) -> Approval:
    """Put an incident, steps and records beside an approval."""
    incident = Incident.objects.create(
        incident_id=f"INC-20261121-{number:04d}", project_id="awoooi", title="Queue grows"
    )
    Approval.objects.filter(pk=approval.pk).update(incident_id=incident.incident_id)
    for seq in range(5):
        Step.objects.create(
            run=approval.run, project_id="awoooi", step_seq=seq + 1, tool_name=f"look.{seq}"
        )
    remediation.lock_incidents("awoooi", [incident.incident_id])
    about = {"project_id": "awoooi", "incident_id": incident.incident_id}
    for _ in range(3):
        RemediationRecord.objects.create(
            mode="dry_run", success=True, verification_result_preview="3 pods restart", **about
        )
        LegacyMcpRecord.objects.create(mcp_server="grafana", tool_name="panel", **about)
    return approval


def test_an_empty_inbox_says_so(page):
    assert "Nothing waits for a decision" in get(page).content.decode()


def test_the_oldest_comes_first(page, key):
    at = clock.now()
    with clock.set_to(at - timedelta(minutes=1)):
        second = factories.waiting(key)
    with clock.set_to(at - timedelta(minutes=9)):
        first = factories.waiting(key)
    assert shown(get(page).content.decode()) == [str(first.pk), str(second.pk)]


def test_a_card_shows_the_exact_action_and_what_binds_it(page, key):
    approval = factories.waiting(key, arguments={"replicas": 3}, risk_level="high")
    text = get(page).content.decode()
    for piece in ("&quot;replicas&quot;: 3", approval.digest, "decision-high", "High risk"):
        assert piece in text
    assert f"/awooop/runs/{approval.run_id}" in text


def test_the_evidence_stands_beside_and_is_bounded(page, key):
    with_records(factories.waiting(key), 1)
    text = get(page).content.decode()
    assert [f"look.{n}" in text for n in range(5)] == [False, False, True, True, True]
    assert text.count("3 pods restart") == 2
    assert text.count("grafana/panel") == 2
    assert "Queue grows" in text


def test_hostile_text_is_escaped_and_its_direction_marks_are_written_out(page, key):
    factories.waiting(
        key,
        suggested_action=HOSTILE,
        tool_name="tool." + "y" * 120,
        arguments={"command": HOSTILE, "id": "z" * 10_000},
    )
    text = get(page).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text
    assert "\u202e" not in text
    assert "\\u202e" in text


def test_arguments_that_are_cut_say_so(page, key):
    factories.waiting(key, arguments={"long": "z" * 30_000})
    assert "CUT HERE" in get(page).content.decode()


def test_a_page_of_ten_costs_no_more_statements_than_one_of_five(page, key):
    counts = []
    for start in (0, 5):
        for number in range(start, start + 5):
            with_records(factories.waiting(key), number)
        with CaptureQueriesContext(connection) as queries:
            assert len(shown(get(page).content.decode())) == start + 5
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]


def test_many_are_paged_by_cursor_and_none_is_lost(page, key):
    made = {str(factories.waiting(key).pk) for _ in range(25)}
    first = get(page).content.decode()
    cursor = re.search(r'rel="next" href="\?cursor=([^"]+)"', first)[1]
    rest = page.get(f"{INBOX}?cursor={cursor}").content.decode()
    assert len(shown(first)) == 20
    assert set(shown(first)) | set(shown(rest)) == made


def test_what_ends_soon_is_named_above_wherever_it_stands(page, key):
    for _ in range(21):
        factories.waiting(key)
    pressing = factories.waiting(key, expires_in_s=120, suggested_action="Pressing")
    text = get(page).content.decode()
    assert str(pressing.pk) not in shown(text)
    assert f'<a href="?approval_id={pressing.pk}">Pressing</a>' in text


def test_a_message_leads_to_its_one_approval(page, key):
    wanted, _ = factories.waiting(key), factories.waiting(key)
    text = get(page, approval_id=str(wanted.pk)).content.decode()
    assert shown(text) == [str(wanted.pk)]
    assert "All that wait (2)" in text


def test_an_overdue_one_is_listed_without_buttons(page, key):
    approval = factories.waiting(key)
    with clock.set_to(approval.expires_at + timedelta(seconds=1)):
        text = get(page).content.decode()
    assert shown(text) == [str(approval.pk)]
    assert 'value="approve"' not in text


def test_filters_stand_in_the_address(page, key):
    factories.waiting(key, risk_level="low")
    high = factories.waiting(key, risk_level="high")
    assert shown(get(page, risk_level="high").content.decode()) == [str(high.pk)]
    assert "Nothing waits under these filters" in get(page, risk_level="medium").content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"risk_level": "huge"},
        {"approval_id": "x"},
        {"cursor": "made-up"},
        {"per_page": "0"},
        {"since": "yesterday"},
        {"tab": "history", "outcome": "pending"},
    ],
)
def test_an_address_that_makes_no_sense_is_422(page, query):
    assert get(page, **query).status_code == 422


def test_another_projects_approvals_are_not_shown(page, key, other_project):
    from awooop import tenancy

    foreign_key = factories.api_key("other")
    with tenancy.scope(["other"]):
        factories.waiting(foreign_key, "other", suggested_action="Foreign")
    assert "Foreign" not in get(page).content.decode()
    assert "Foreign" not in get(page, tab="history").content.decode()
    assert get(page, project_id="other").status_code == 404


def test_reading_works_in_a_read_only_transaction(page, key):
    approval = factories.waiting(key)
    with read_only():
        assert get(page).status_code == 200
        assert get(page, tab="history").status_code == 200
        assert get(page, approval_id=str(approval.pk)).status_code == 200
        assert get(page, target="inbox").status_code == 200
        assert get(page, target="news").status_code == 200


def test_the_poll_is_silent_while_nothing_is_new(page, key):
    approval = factories.waiting(key)
    assert get(page, target="news", shown=str(approval.pk)).status_code == 204


def test_the_poll_tells_how_many_are_new_and_nothing_else(page, key):
    seen = factories.waiting(key)
    factories.waiting(key)
    text = get(page, target="news", shown=str(seen.pk), told="0").content.decode()
    assert "1 new: show it" in text
    assert shown(text) == []
    assert get(page, target="news", shown=str(seen.pk), told="1").status_code == 204


def test_showing_the_new_adds_those_only(page, key):
    seen, new = factories.waiting(key), factories.waiting(key)
    text = get(page, target="inbox", shown=str(seen.pk)).content.decode()
    assert shown(text) == [str(new.pk)]
    assert 'id="nothing"' not in text


def test_the_first_to_arrive_takes_the_empty_notice_away(page, key):
    factories.waiting(key)
    assert 'id="nothing" hx-swap-oob="delete"' in get(page, target="inbox").content.decode()


def test_the_poll_tells_who_ended_what_is_still_on_the_screen(page, key):
    approval = factories.waiting(key)
    other = factories.caller_of_user(factories.user("lin@example.org", awoooi="operator"))
    approvals.decide(by=other, approval_id=approval.pk, decision="reject", reason="Not now")
    text = get(page, target="news", shown=str(approval.pk)).content.decode()
    assert f'id="news-{approval.pk}" hx-swap-oob="true"' in text
    assert "lin@example.org" in text
    assert "Not now" in text


def test_ones_own_decision_is_no_news(page, operator, key):
    approval = factories.waiting(key)
    mine = factories.caller_of_user(operator)
    approvals.decide(by=mine, approval_id=approval.pk, decision="reject")
    assert get(page, target="news", shown=str(approval.pk)).status_code == 204


def test_the_history_is_told_by_outcome(page, operator, key):
    mine = factories.caller_of_user(operator)
    for decision in ("approve", "reject"):
        approval = factories.waiting(key, suggested_action=f"To {decision}")
        approvals.decide(
            by=mine, approval_id=approval.pk, decision=decision, reason=f"why {decision}"
        )
    factories.waiting(key, suggested_action="Still waiting")
    everything = get(page, tab="history").content.decode()
    rejected = get(page, tab="history", outcome="rejected").content.decode()
    assert "why approve" in everything
    assert "Still waiting" not in everything
    assert "To reject" in rejected
    assert "To approve" not in rejected


def test_the_history_costs_the_same_for_more(page, operator, key):
    mine, counts = factories.caller_of_user(operator), []
    for _ in range(2):
        for _ in range(4):
            approval = factories.waiting(key)
            approvals.decide(by=mine, approval_id=approval.pk, decision="reject")
        with CaptureQueriesContext(connection) as queries:
            get(page, tab="history")
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]
    assert Approval.objects.filter(status=ApprovalStatus.REJECTED).count() == 8


def test_nobody_looks_without_signing_in(db):
    assert Client().get(INBOX).status_code == 302


def test_the_first_view_takes_at_most_twenty_statements(page, key):
    recipe = Playbook.objects.create(project_id="awoooi", name="Restart it")
    for number in range(25):
        with_records(factories.waiting(key, playbook_id=recipe.pk), number)
    with CaptureQueriesContext(connection) as queries:
        assert len(shown(get(page).content.decode())) == 20
    # Within a test's transaction the scope of projects is put back at the end: not so in a request.
    asked = [one["sql"] for one in queries if "SAVEPOINT" not in one["sql"]][:-1]
    assert len(asked) <= 20, "\n".join(asked)


def test_it_opens_with_the_view_that_its_reader_keeps(page, key):
    low, high = factories.waiting(key, risk_level="low"), factories.waiting(key, risk_level="high")
    kept = {"page": "approvals", "query": "risk_level=high", "name": "Risky", "is_default": "on"}
    assert page.post("/awooop/views", kept).status_code == 302
    opened = page.get(INBOX, follow=True)
    assert opened.redirect_chain == [(f"{INBOX}?risk_level=high", 302)]
    assert shown(opened.content.decode()) == [str(high.pk)]
    # What leads to one approval, or asks for all, is never led elsewhere.
    assert shown(get(page, approval_id=str(low.pk)).content.decode()) == [str(low.pk)]
    assert len(shown(get(page, view="all").content.decode())) == 2


def test_what_waits_is_a_file(page, key):
    factories.waiting(key, risk_level="low")
    high = factories.waiting(key, risk_level="high", suggested_action="=cmd|' /C calc'!A0")
    with read_only():
        answer = get(page, format="csv", risk_level="high")
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["approval_id"], row["risk_level"]) == (str(high.pk), "high")
    assert row["suggested_action"].startswith("'=")
    assert "outcome" not in row
    assert get(page, format="pdf").status_code == 422
