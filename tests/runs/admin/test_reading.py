"""Looking at the administration writes nothing: each page answers in a READ ONLY transaction."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from awooop import tenancy
from awooop.models import User
from runs.models import Approval
from tests import factories


@pytest.fixture
def root_page(truncatable):
    """A superuser's client in a database with a waiting approval, all of it committed."""
    factories.project("awoooi")
    key = factories.api_key("awoooi")
    with tenancy.scope(["awoooi"]):
        factories.waiting(key)
    factories.user("root@example.org", is_superuser=True)
    client = Client()
    client.force_login(User.objects.get(email="root@example.org"))
    return client


def _url(model, page: str, *args: str) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_every_list_and_every_row_is_shown_without_writing(root_page):
    assert root_page.get(reverse("admin:index")).status_code == 200
    opened = 0
    for model in admin.site._registry:
        assert root_page.get(_url(model, "changelist")).status_code == 200, model
        with tenancy.scope(["awoooi"]):
            row = model._default_manager.order_by("pk").first()
        if row is not None:
            answer = root_page.get(_url(model, "change", row.pk))
            assert answer.status_code == 200, model
            assert root_page.get(_url(model, "history", row.pk)).status_code == 200, model
            opened += 1
    assert opened >= 8


def test_every_form_for_a_new_row_is_shown_without_writing(root_page):
    shown = set()
    for model in admin.site._registry:
        answer = root_page.get(_url(model, "add"))
        assert answer.status_code in (200, 403), model
        if answer.status_code == 200:
            shown.add(model._meta.label)
    assert shown == {
        "awooop.ApiKey",
        "awooop.ContractRevision",
        "awooop.Membership",
        "awooop.Project",
        "awooop.User",
        "governance.CheckThreshold",
        "governance.SloDefinition",
        "knowledge.KnowledgeEntry",
        "runs.Playbook",
    }


def test_asking_about_an_act_writes_nothing(root_page):
    with tenancy.scope(["awoooi"]):
        approval = Approval.objects.get()
    for act in ("approve", "reject", "extend"):
        url = reverse("admin:runs_approval_act", args=[approval.pk, act])
        assert root_page.get(url).status_code == 200
