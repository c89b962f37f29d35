"""The palette's page: what is found by ids and words, and what stays hidden."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import callers, tenancy
from awooop.models import ContractRevision
from governance.models import GovernanceEvent
from knowledge.actions import entries
from runs.models import Approval, Incident, McpCall, Playbook, Run
from tests import factories

ID = UUID("abcd1234-0000-4000-8000-000000000001")


def found(client, text: str, **query) -> str:
    response = client.get("/awooop/find", {"q": text, **query})
    assert response.status_code == 200
    return response.content.decode().split('class="found">')[1].split("</section></div>")[0]


def in_dialog(client, text: str) -> str:
    response = client.get("/awooop/find", {"q": text}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def things(project):
    """One of each kind."""
    run = Run.objects.create(run_id=ID, project=project, agent_id="sre-agent", trigger_ref="am:x1")
    Incident.objects.create(
        incident_id="INC-20261121-7QX2", project=project, title="Checkout errors are high"
    )
    Approval.objects.create(
        id=ID, project=project, tool_name="node.prune_logs", suggested_action="Delete old logs",
        requested_by="api_key:x", run=run,
    )  # fmt: skip
    McpCall.objects.create(call_id=ID, project=project, agent_id="a", tool_name="kubectl.get",
                           result_status="allowed")  # fmt: skip
    GovernanceEvent.objects.create(
        id=ID, project=project, event_type="trust_drift", subject="restart", severity="warning"
    )
    ContractRevision.objects.create(
        revision_id=ID, project=project, contract_id="pruner", contract_family="agent",
        body_hash="f" * 64,
    )  # fmt: skip
    Playbook.objects.create(project=project, name="Prune the logs")
    return entries.create(
        by=callers.system("tests", ["awoooi"]),
        project_id="awoooi",
        title="Disk full on a node",
        content="Prune the rotated logs.",
    )


def test_the_start_of_an_id_finds_whatever_has_it(page, things):
    html = found(page, "ABCD12")
    for href in (
        f"/awooop/runs/{ID}",
        f"/awooop/approvals?approval_id={ID}",
        f"/awooop/gateway/{ID}",
        f"/governance?tab=events&amp;event_id={ID}",
        f"/awooop/contracts/{ID}",
    ):
        assert f'href="{href}"' in html


@pytest.mark.parametrize("text", ["INC-20261121-7", "inc-20261121-7qx2", "20261121", "errors HIGH"])
def test_an_incident_is_found_by_its_id_or_its_title(page, things, text):
    assert 'href="/awooop/incidents/INC-20261121-7QX2"' in found(page, text)


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("sre-agent", f"/awooop/runs/{ID}"),
        ("am:x", f"/awooop/runs/{ID}"),
        ("old logs", f"/awooop/approvals?approval_id={ID}"),
        ("kubectl.get", f"/awooop/gateway/{ID}"),
        ("Trust drift", f"/governance?tab=events&amp;event_id={ID}"),
        ("prune", f"/awooop/contracts/{ID}"),
        ("Outbox", "/awooop/outbox"),
        ("governance drift", "/governance?tab=drift"),
    ],
)
def test_words_find_things_and_pages(page, things, text, href):
    assert f'href="{href}"' in found(page, text)


def test_an_entry_is_found_by_its_words(page, things):
    assert f'href="/knowledge/{things.pk}"' in found(page, "rotated")


def test_playbooks_are_found_by_those_who_see_their_page(page, client, things):
    assert "Prune the logs" not in found(client_of(client, is_superuser=False), "prune")
    assert "Prune the logs" in found(client_of(client, is_superuser=True), "prune")


def client_of(client, *, is_superuser: bool):
    name = f"{'admin' if is_superuser else 'plain'}@example.org"
    roles = {} if is_superuser else {"awoooi": "viewer"}
    client.force_login(factories.user(name, is_superuser=is_superuser, **roles))
    return client


def test_nothing_of_another_project_is_found(page, other_project):
    with tenancy.scope(["other"]):
        Run.objects.create(run_id=ID, project_id="other", agent_id="hidden-agent")
        Incident.objects.create(
            incident_id="INC-20261121-ZZZZ", project_id="other", title="Hidden trouble"
        )
    for text in ("abcd12", "hidden-agent", "INC-20261121", "Hidden"):
        assert f"/awooop/runs/{ID}" not in found(page, text)
        assert "INC-20261121-ZZZZ" not in found(page, text)


def test_a_chosen_project_narrows_it(page, things):
    assert page.get("/awooop/find", {"q": "x", "project_id": "other"}).status_code == 404
    assert f"/awooop/runs/{ID}" in found(page, "abcd12", project_id="awoooi")


def test_no_words_list_the_pages(page, project):
    html = found(page, "")
    assert 'href="/awooop/runs"' in html
    assert "/awooop/design" not in html  # staff only


def test_nothing_found_says_so_with_the_words_escaped(page, project):
    html = in_dialog(page, "<b>zzz")
    assert "&lt;b&gt;zzz" in html
    assert "<b>" not in html


def test_the_dialog_gets_the_answer_without_the_frame(page, things):
    html = in_dialog(page, "abcd12")
    assert f'href="/awooop/runs/{ID}"' in html
    assert "<body" not in html


def test_too_many_letters_are_refused(page, project):
    assert page.get("/awooop/find", {"q": "x" * 201}).status_code == 422


def test_pages_are_found_in_the_readers_language_and_in_english(page, project, django_user_model):
    django_user_model.objects.update(language="zh-hant")
    for text in ("寄件匣", "outbox"):
        assert 'href="/awooop/outbox"' in in_dialog(page, text)


@pytest.mark.parametrize("text", ["abcd12", "rotated logs", "INC-20261121", "zzzz nothing"])
def test_the_cost_does_not_grow_with_what_there_is(page, things, text):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            in_dialog(page, text)
        return len(queries)

    count()
    before = count()
    for number in range(20):
        Run.objects.create(
            run_id=UUID(f"abcd12{number:02d}-0000-4000-8000-000000000000"),
            project_id="awoooi",
            agent_id="sre-agent",
        )
    assert count() <= before + 1
    assert before <= 40
