from __future__ import annotations

import pytest
from django.urls import reverse

from awooop import callers
from awooop.actions import contracts
from awooop.models import AuditRecord, ContractRevision

ADD = reverse("admin:awooop_contractrevision_add")
VALUES = {
    "project_id": "awoooi",
    "contract_id": "sre-agent",
    "contract_family": "agent",
    "version_major": "1",
    "version_minor": "0",
    "body": '{"tools": {"kubectl.get": {"scope": "read"}}}',
}


@pytest.fixture
def draft(project):
    return contracts.draft(
        by=callers.system("tests", ["awoooi"]),
        project_id="awoooi",
        contract_id="sre-agent",
        family="agent",
        body={"tools": {}},
        version=(1, 0),
    )


def _change(revision) -> str:
    return reverse("admin:awooop_contractrevision_change", args=[revision.pk])


def _act(revision, name: str) -> str:
    return reverse("admin:awooop_contractrevision_act", args=[revision.pk, name])


def test_a_revision_is_drafted_by_the_action(admin_page):
    assert admin_page.post(ADD, VALUES).status_code == 302
    revision = ContractRevision.objects.get()
    assert revision.lifecycle_status == "draft"
    assert len(revision.body_hash) == 64
    assert AuditRecord.objects.filter(action="contract.draft").exists()


def test_a_version_that_exists_is_an_error_of_the_form(admin_page, draft):
    answer = admin_page.post(ADD, VALUES)
    assert answer.status_code == 422
    assert "exists already" in answer.content.decode()


@pytest.mark.parametrize("body", ['{"a": ', "[1]", '{"a": "\\u0000"}', '{"a": NaN}'])
def test_a_bad_body_is_an_error_of_its_field(admin_page, body):
    answer = admin_page.post(ADD, {**VALUES, "body": body})
    assert answer.status_code == 422
    assert not ContractRevision.objects.exists()


def test_a_draft_is_edited_by_the_action(admin_page, draft):
    assert (
        admin_page.post(_change(draft), {"body": '{"tools": {"x": {"scope": "read"}}}'}).status_code
        == 302
    )
    before = draft.body_hash
    draft.refresh_from_db()
    assert draft.body == {"tools": {"x": {"scope": "read"}}}
    assert draft.body_hash != before
    assert AuditRecord.objects.filter(action="contract.edit").exists()


def test_the_body_is_fixed_once_active(admin_page, draft):
    assert admin_page.post(_act(draft, "activate"), {"apply": "1"}).status_code == 302
    assert admin_page.post(_change(draft), {"body": "{}"}).status_code == 403
    shown = admin_page.get(_change(draft)).content.decode()
    assert "<textarea" not in shown
    draft.refresh_from_db()
    assert draft.lifecycle_status == "active"
    assert draft.body == {"tools": {}}


def test_an_illegal_step_of_its_life_is_refused_in_words(admin_page, draft):
    admin_page.post(_act(draft, "retire"), {"apply": "1"})
    answer = admin_page.post(_act(draft, "activate"), {"apply": "1"})
    assert answer.status_code == 409
    assert "cannot become" in answer.content.decode()


def test_only_acts_that_the_status_allows_are_offered(admin_page, draft):
    shown = admin_page.get(_change(draft)).content.decode()
    assert _act(draft, "activate") in shown
    assert _act(draft, "deprecate") not in shown


def test_an_operator_on_staff_looks_and_changes_nothing(operator, page, draft):
    operator.is_staff = True
    operator.save()
    assert page.get(_change(draft)).status_code == 200
    assert page.post(_change(draft), {"body": "{}"}).status_code == 403
    assert page.post(_act(draft, "activate"), {"apply": "1"}).status_code == 403
