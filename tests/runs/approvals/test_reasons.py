"""The reasons that are offered: the usual ones, or those that the project's administrator wrote."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from awooop import tenancy
from awooop.models import AuditRecord, Project
from tests import factories

INBOX, BATCH = "/awooop/approvals", "/awooop/approvals/batch"
USUAL = ["Matches the runbook", "The evidence is enough", "Wrong target", "Wait for the owner"]


def offered(answer) -> list[str]:
    return re.findall(r'data-value="([^"]*)"', answer.content.decode())


def own(project_id: str = "awoooi", **lists: str) -> None:
    Project.objects.filter(pk=project_id).update(**lists)


def test_a_project_that_says_nothing_offers_the_usual_ones(page, key):
    factories.waiting(key)
    assert offered(page.get(INBOX)) == [*USUAL, "Dry run first"]


def test_the_usual_ones_are_in_the_readers_language(page, key):
    factories.waiting(key)
    assert "Matches the runbook" not in offered(
        page.get(INBOX, headers={"Accept-Language": "zh-TW"})
    )


def test_a_project_offers_its_own(page, key):
    factories.waiting(key)
    own(
        approve_reasons="Change CHG is open\r\n\r\n  On-call agrees ", reject_reasons="Frozen <now>"
    )
    wanted = ["Change CHG is open", "On-call agrees", "Frozen &lt;now&gt;"]
    assert offered(page.get(INBOX)) == wanted
    headers = {"Accept-Language": "zh-TW"}
    assert offered(page.get(INBOX, headers=headers)) == wanted


def test_one_list_of_its_own_leaves_the_other_as_usual(page, key):
    factories.waiting(key)
    own(reject_reasons="Frozen")
    assert offered(page.get(INBOX)) == [*USUAL[:2], "Frozen"]


def test_a_batch_offers_those_of_each_project(client, key):
    factories.project("other")
    client.force_login(factories.user("root@example.org", is_superuser=True))
    asked = [factories.waiting(key)]
    with tenancy.scope(["other"]):
        asked.append(factories.waiting(factories.api_key("other"), "other"))
    own(approve_reasons="On-call agrees")
    items = [f"{one.pk}:{one.digest}" for one in asked]
    approving = client.post(BATCH, {"items": items, "decision": "approve"})
    assert offered(approving) == ["On-call agrees", *USUAL[:2]]
    rejecting = client.post(BATCH, {"items": items, "decision": "reject"})
    assert offered(rejecting) == ["Wait for the owner", "No longer needed"]


@pytest.fixture
def change(client, project):
    """Submit the project's form in the administration, as its administrator."""
    account = factories.user("lead@example.org", awoooi="project_admin")
    account.is_staff = True
    account.save()
    client.force_login(account)
    url = reverse("admin:awooop_project_change", args=["awoooi"])
    values = {
        "display_name": "AWOOOI",
        "is_active": "on",
        "migration_mode": "active",
        "timezone": "Asia/Taipei",
        "message_language": "",
        "default_agent_id": "sre-agent",
    }
    return lambda **lists: client.post(url, {**values, **lists})


def test_its_administrator_writes_them_and_it_is_audited(change):
    assert change(approve_reasons="One\nTwo").status_code == 302
    assert Project.objects.get(pk="awoooi").approve_reasons.split() == ["One", "Two"]
    record = AuditRecord.objects.get(action="project.update")
    assert "approve_reasons" in record.details


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n".join(f"Reason {n}" for n in range(13)), "at most 12 lines"),
        ("x" * 81, "at most 80 characters"),
        ("Twice\nTwice ", "stands there twice"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused(change, text, said):
    answer = change(reject_reasons=text)
    assert answer.status_code in (200, 422)
    assert said in answer.content.decode()
    assert Project.objects.get(pk="awoooi").reject_reasons == ""


def test_twelve_lines_of_eighty_characters_are_kept(change):
    text = "\n".join(f"{n:02}" + "x" * 78 for n in range(12))
    assert change(approve_reasons=text).status_code == 302


def test_lines_that_say_nothing_are_the_usual_ones(change):
    assert change(approve_reasons="  \n ").status_code == 302
    assert Project.objects.get(pk="awoooi").approve_reasons == ""
