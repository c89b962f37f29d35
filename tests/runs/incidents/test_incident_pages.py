"""The incident list, the page of one from alert to knowledge, and resolving by hand."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from awooop import tenancy
from awooop.models import AuditRecord
from runs.actions import approvals, remediation
from runs.models import (
    ChannelEvent,
    Evidence,
    Execution,
    Incident,
    LegacyMcpRecord,
    Playbook,
    RemediationRecord,
)
from tests import factories
from tests.runs.transactions import read_only

LIST = "/awooop/incidents"
ID = "INC-20261121-7QX2"
HOSTILE = "<script>alert(1)</script> \u202eesrever 🚀 " + "x" * 120


def make(incident_id: str = ID, project_id: str = "awoooi", **values) -> Incident:
    values.setdefault("title", "Checkout errors are high")
    return Incident.objects.create(incident_id=incident_id, project_id=project_id, **values)


def with_a_whole_chain(key: str, number: int = 0) -> Incident:
    """Make an incident with an event, a run, a decision, an execution, evidence and records."""
    incident = make(f"INC-20261121-A{number:03d}", labels={"alertname": "CheckoutErrorsHigh"})
    add_to_chain(incident, key)
    return incident


def add_to_chain(incident: Incident, key: str) -> None:
    """Add one of everything to an incident's chain."""
    approval = factories.waiting(
        key, incident_id=incident.incident_id, run_values={"trigger_ref": incident.incident_id}
    )
    by = factories.caller_of_key(factories.api_key())
    approvals.decide(by=by, approval_id=approval.pk, decision="approve", reason="fits the runbook")
    about = {"project_id": "awoooi", "incident_id": incident.incident_id}
    playbook = Playbook.objects.create(
        project_id="awoooi", name=f"Roll back {approval.run_id}", status="approved"
    )
    execution = Execution.objects.create(
        run=approval.run, success=True, human_approved=True, playbook=playbook, **about
    )
    Evidence.objects.create(
        execution=execution, verification_result="success", snapshot={"errors": 0}, **about
    )
    remediation.lock_incidents("awoooi", [incident.incident_id])
    RemediationRecord.objects.create(
        mode="dry_run", tool_name="look", verification_result_preview="3 pods restart", **about
    )
    LegacyMcpRecord.objects.create(mcp_server="grafana", tool_name="panel", **about)
    remediation.refresh_incidents("awoooi", [incident.incident_id])
    ChannelEvent.objects.create(
        project_id="awoooi",
        run=approval.run,
        channel_type="alertmanager",
        provider_event_id=str(approval.pk),
        content_preview="CheckoutErrorsHigh is firing",
    )


def titles(text: str) -> list[str]:
    return re.findall(r'class="row-link" href="/awooop/incidents/([^"]+)"', text)


def test_an_empty_list_says_how_one_comes_to_be(page):
    assert "A firing alert opens one" in page.get(LIST).content.decode()


def test_filters_stand_in_the_address(page):
    make("INC-20261121-AAAA", severity="critical")
    make("INC-20261121-BBBB", severity="info")
    assert titles(page.get(LIST, {"severity": "info"}).content.decode()) == ["INC-20261121-BBBB"]
    assert titles(page.get(LIST, {"status": "open"}).content.decode()) != []
    assert titles(page.get(LIST, {"status": "resolved"}).content.decode()) == []


@pytest.mark.parametrize("q", ["disk node", "NODE", "inc-20261121-bb", "INC-20261121-BBBB"])
def test_search_finds_words_of_the_title_and_the_start_of_an_id(page, q):
    make("INC-20261121-AAAA")
    make("INC-20261121-BBBB", title="Disk of node-7 is filling")
    assert titles(page.get(LIST, {"q": q}).content.decode()) == ["INC-20261121-BBBB"]


@pytest.mark.parametrize("q", ["%", "disk_of", "INC-2026112_"])
def test_search_takes_signs_literally(page, q):
    make("INC-20261121-BBBB", title="Disk of node-7 is filling")
    assert titles(page.get(LIST, {"q": q}).content.decode()) == []


@pytest.mark.parametrize(
    "query", [{"severity": "x"}, {"status": "x"}, {"q": "x" * 201}, {"cursor": "x"}, {"page": "-1"}]
)
def test_an_address_that_makes_no_sense_is_422(page, query):
    assert page.get(LIST, query).status_code == 422


def test_pages_go_on_by_cursor(page):
    made = {make(f"INC-20261121-{n:04d}").incident_id for n in range(5)}
    first = page.get(LIST, {"per_page": 3}).content.decode()
    older = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    rest = page.get(LIST + older).content.decode()
    assert set(titles(first)) | set(titles(rest)) == made
    assert len(titles(first)) == 3


def test_twice_as_many_cost_no_more_statements(page):
    counts = []
    for start in (0, 5):
        for number in range(start, start + 5):
            make(f"INC-20261121-{number:04d}")
        with CaptureQueriesContext(connection) as queries:
            page.get(LIST)
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]


def test_another_projects_incidents_are_not_shown(page, other_project):
    with tenancy.scope(["other"]):
        make(project_id="other", title="Foreign")
    assert "Foreign" not in page.get(LIST).content.decode()
    assert page.get(f"{LIST}/{ID}").status_code == 404
    assert page.post(f"{LIST}/{ID}/resolve").status_code == 404


def test_one_tells_the_chain_from_the_alert_to_the_evidence(page, key):
    incident = with_a_whole_chain(key)
    text = page.get(f"{LIST}/{incident.incident_id}").content.decode()
    for piece in (
        "CheckoutErrorsHigh is firing",
        "Run started",
        "Approval asked for",
        "fits the runbook",
        "Roll back",
        "3 pods restart",
        "grafana/panel",
        "Verification",
        "alertname",
    ):
        assert piece in text


def test_a_longer_chain_costs_no_more_statements(page, key):
    incident, counts = with_a_whole_chain(key), []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            page.get(f"{LIST}/{incident.incident_id}")
        counts.append(len(queries.captured_queries))
        add_to_chain(incident, key)
        add_to_chain(incident, key)
    assert counts[0] == counts[1]


def test_hostile_text_is_escaped(page):
    make(title=HOSTILE, labels={HOSTILE: HOSTILE}, annotations={"summary": "長" * 10_000})
    for path in (LIST, f"{LIST}/{ID}"):
        text = page.get(path).content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text


def test_an_address_that_is_no_incident_id_is_422(page):
    assert page.get(f"{LIST}/INC-2026-x").status_code == 422


def test_an_unknown_one_is_not_found(page):
    assert page.get(f"{LIST}/{ID}").status_code == 404


def test_an_operator_resolves_by_hand(page):
    incident = make()
    answer = page.post(f"{LIST}/{ID}/resolve")
    incident.refresh_from_db()
    assert answer["Location"] == f"{LIST}/{ID}"
    assert (incident.status, incident.resolution_type) == ("resolved", "manual")
    assert AuditRecord.objects.get(action="incident.resolve").resource_id == ID
    assert "Resolve by hand" not in page.get(f"{LIST}/{ID}").content.decode()


def test_resolving_again_changes_nothing_and_says_so(page):
    make()
    page.post(f"{LIST}/{ID}/resolve")
    page.post(f"{LIST}/{ID}/resolve")
    assert "was resolved already" in page.get(f"{LIST}/{ID}").content.decode()
    assert AuditRecord.objects.filter(action="incident.resolve").count() == 1


def test_a_viewer_sees_no_button_and_may_not(project):
    make()
    client = Client()
    client.force_login(factories.user("viewer@example.org", awoooi="viewer"))
    assert "Resolve by hand" not in client.get(f"{LIST}/{ID}").content.decode()
    assert client.post(f"{LIST}/{ID}/resolve").status_code == 403
    assert Incident.objects.get().status == "open"


def test_reading_works_in_a_read_only_transaction(page, key):
    incident = with_a_whole_chain(key)
    with read_only():
        assert page.get(LIST, {"q": "checkout"}).status_code == 200
        assert page.get(f"{LIST}/{incident.incident_id}").status_code == 200
