"""A project that is switched off takes no write, by page, API, admin or a task's own hand."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awooop.actions import projects
from awooop.callers import system
from awooop.errors import Conflict
from awooop.models import Project
from runs.actions import approvals, incidents, runs
from runs.models import Approval, ApprovalStatus, Incident, IncidentStatus, Run, RunState
from tests import factories

INCIDENT = "INC-20261120-AB12"
OFF = "The project awoooi is not active."


@pytest.fixture
def approval(key) -> Approval:
    """A waiting approval and an open incident of a project that was switched off."""
    asked = factories.waiting(key, incident_id=INCIDENT)
    Incident.objects.create(incident_id=INCIDENT, project_id="awoooi", title="API down")
    switch(is_active=False)
    return asked


def switch(*, is_active: bool) -> None:
    Project.objects.filter(pk="awoooi").update(is_active=is_active)


def assert_untouched(approval: Approval) -> None:
    now = Approval.objects.get(pk=approval.pk)
    assert (now.status, now.expires_at) == (ApprovalStatus.PENDING, approval.expires_at)
    assert Run.objects.get(pk=approval.run_id).state == RunState.WAITING_APPROVAL
    assert Incident.objects.get().status == IncidentStatus.OPEN


PAGES = {
    "decide": ("/awooop/approvals/{approval.pk}/decide?digest={approval.digest}",
               {"decision": "approve"}),
    "extend": ("/awooop/approvals/{approval.pk}/extend", {"minutes": "30", "reason": "Busy"}),
    "cancel": ("/awooop/runs/{approval.run_id}/cancel", {"reason": "Wrong host"}),
    "resolve": ("/awooop/incidents/{approval.incident_id}/resolve", {}),
}  # fmt: skip
BY_SYSTEM = {
    "decide": lambda by, asked: approvals.decide(
        by=by, approval_id=asked.pk, decision="approve", digest=asked.digest
    ),
    "extend": lambda by, asked: approvals.extend(
        by=by, approval_id=asked.pk, seconds=600, reason="Busy"
    ),
    "cancel": lambda by, asked: runs.cancel(by=by, run_id=asked.run_id, reason="Wrong host"),
    "resolve": lambda by, asked: incidents.resolve(
        by=by, project_id="awoooi", incident_id=INCIDENT, resolution_type="manual"
    ),
    "claim": lambda by, asked: runs.claim(
        by=by, project_id="awoooi", agent_id="sre-agent", worker_id="w2"
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_refuses_and_says_why(page, approval, name):
    path, form = PAGES[name]
    answer = page.post(path.format(approval=approval), form)
    assert answer.status_code == 409
    assert OFF in answer.content.decode()
    assert_untouched(approval)


def test_the_api_gives_no_token_out(api, approval):
    """The other writes of the API are in `api/writes/test_every_write.py`."""
    answer = api.post(f"/platform/runs/{approval.run_id}/approval-token", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "project_inactive")


@pytest.mark.parametrize("name", BY_SYSTEM)
def test_the_action_refuses_whoever_calls_it(approval, name):
    with pytest.raises(Conflict) as refused:
        BY_SYSTEM[name](system("a task", ["awoooi"]), approval)
    assert refused.value.code == "project_inactive"
    assert_untouched(approval)


def test_the_admin_refuses_and_says_why(operator, page, approval):
    operator.is_staff = True
    operator.save()
    act = reverse("admin:runs_run_act", args=[approval.run_id, "cancel_run"])
    answer = page.post(act, {"apply": "1", "reason": "Wrong host"})
    assert answer.status_code == 409
    assert OFF in answer.content.decode()
    assert_untouched(approval)


def test_the_role_is_asked_before_the_state(approval):
    client = Client()
    client.force_login(factories.user("viewer@example.org", awoooi="viewer"))
    path, form = PAGES["cancel"]
    assert client.post(path.format(approval=approval), form).status_code == 403


def test_the_pages_offer_nothing_there(page, approval):
    inbox = page.get("/awooop/approvals").content.decode()
    assert OFF in inbox
    assert f"/awooop/approvals/{approval.pk}/decide" not in inbox
    assert "/cancel" not in page.get(f"/awooop/runs/{approval.run_id}").content.decode()
    assert "/resolve" not in page.get(f"/awooop/incidents/{INCIDENT}").content.decode()


def test_the_inbox_costs_the_same_queries_for_more_of_it(page, key, approval):
    switch(is_active=True)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert page.get("/awooop/approvals").status_code == 200
        return len(queries)

    factories.waiting(key)
    before = count()
    for _ in range(3):
        factories.waiting(key)
    assert count() == before


def test_switched_on_again_it_takes_writes_again(page, root, approval):
    found = Project.objects.get(pk="awoooi")
    found.is_active = True
    projects.update(by=root, project=found)
    path, form = PAGES["decide"]
    assert page.post(path.format(approval=approval), form).status_code == 302
    assert Run.objects.get(pk=approval.run_id).state == RunState.RUNNING


@pytest.fixture
def root(project):
    return factories.caller_of_user(factories.user("root@example.org", is_superuser=True))
