from __future__ import annotations

import re

import pytest
from django.urls import reverse

from awooop import tenancy
from awooop.models import ApiKey, AuditRecord
from tests import factories

ADD = reverse("admin:awooop_apikey_add")
LIST = reverse("admin:awooop_apikey_changelist")
VALUES = {"name": "ci", "project_id": "awoooi", "scopes": ["read", "ingest"]}
KEY = re.compile(r"awp_[a-z0-9]{8}_[A-Za-z0-9_-]{20,}")


def test_the_key_is_shown_once_in_the_answer_itself(admin_page, caplog):
    answer = admin_page.post(ADD, VALUES)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    (text,) = set(KEY.findall(answer.content.decode()))
    assert factories.ApiClient(text).get("/platform/tenants").status_code == 200
    assert text not in caplog.text
    assert text not in str(answer.cookies)
    key = ApiKey.objects.get(name="ci")
    assert key.scopes == ["read", "ingest"]
    for url in (LIST, reverse("admin:awooop_apikey_change", args=[key.pk])):
        page = admin_page.get(url).content.decode()
        assert key.prefix in page
        assert not KEY.search(page)
        assert key.hash not in page


def test_a_key_without_scopes_is_an_error_of_its_field(admin_page):
    answer = admin_page.post(ADD, {**VALUES, "scopes": []})
    assert answer.status_code == 422
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("project_id", ["other", "", "*"])
def test_only_own_projects_can_be_chosen(admin_page, other_project, project_id):
    assert admin_page.post(ADD, {**VALUES, "project_id": project_id}).status_code == 422
    with tenancy.registry():
        assert not ApiKey.objects.exists()


def test_a_superuser_makes_sees_and_revokes_a_key_for_every_project(project, root_page):
    answer = root_page.post(ADD, {**VALUES, "project_id": "*"})
    assert answer.status_code == 200
    with tenancy.registry():
        key = ApiKey.objects.get()
    assert key.project_id is None
    assert key.prefix in root_page.get(LIST).content.decode()
    act = reverse("admin:awooop_apikey_act", args=[key.pk, "revoke"])
    assert root_page.get(act).status_code == 200
    assert root_page.post(act, {"apply": "1"}).status_code == 302
    with tenancy.registry():
        assert ApiKey.objects.get().revoked_at is not None
    assert AuditRecord.objects.filter(project_id="awoooi", action="api_key.revoke").exists()


def test_revoking_from_the_list_is_by_the_action(admin_page, key):
    row = ApiKey.objects.get()
    chosen = {"action": "revoke", "_selected_action": [row.pk]}
    asked = admin_page.post(LIST, chosen)
    assert asked.status_code == 200
    assert b"Revoke" in asked.content
    row.refresh_from_db()
    assert row.revoked_at is None
    assert admin_page.post(LIST, {**chosen, "apply": "1"}).status_code == 302
    row.refresh_from_db()
    assert row.revoked_at is not None


def test_a_refused_act_is_an_error_on_its_page(admin_page, key):
    row = ApiKey.objects.get()
    act = reverse("admin:awooop_apikey_act", args=[row.pk, "revoke"])
    admin_page.post(act, {"apply": "1"})
    answer = admin_page.post(act, {"apply": "1"})
    assert answer.status_code == 409
    assert "revoked already" in answer.content.decode()


def test_a_key_is_not_edited_or_deleted(admin_page, key):
    row = ApiKey.objects.get()
    change = reverse("admin:awooop_apikey_change", args=[row.pk])
    assert admin_page.post(change, {"name": "else"}).status_code == 403
    delete = reverse("admin:awooop_apikey_delete", args=[row.pk])
    assert admin_page.post(delete, {"post": "yes"}).status_code == 403
