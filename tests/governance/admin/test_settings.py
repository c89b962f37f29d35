"""Thresholds and SLO definitions: validated, audited, the project administrators' own."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from awooop import tenancy
from awooop.models import AuditRecord
from governance import thresholds
from governance.models import CheckThreshold, SloDefinition
from governance.slo import definitions
from tests import factories

THRESHOLD = {"project_id": "awoooi", "name": "trust_drift.minimum_score", "value": "0.3"}
SLO = {
    "project_id": "awoooi",
    "name": "autonomy_rate",
    "query": "sli:autonomy_rate:5m",
    "direction": "above",
    "target": "0.9",
    "hard_red_line": "0.6",
    "enabled": "on",
}


def url(model: str, page: str, *args) -> str:
    return reverse(f"admin:governance_{model}_{page}", args=args)


def add_threshold(client, **changes):
    return client.post(url("checkthreshold", "add"), {**THRESHOLD, **changes})


def add_slo(client, **changes):
    return client.post(url("slodefinition", "add"), {**SLO, **changes})


def actions() -> list[str]:
    found = AuditRecord.objects.order_by("seq").values_list("action", flat=True)
    return [action for action in found if action.startswith(("check_threshold", "slo_"))]


# thresholds


def test_a_threshold_is_set_changed_and_taken_back(admin_page):
    assert add_threshold(admin_page).status_code == 302
    row = CheckThreshold.objects.get()
    assert thresholds.read(["awoooi"]).value("awoooi", row.name) == Decimal("0.3")
    admin_page.post(url("checkthreshold", "change", row.pk), {"value": "0.25"})
    assert thresholds.read(["awoooi"]).value("awoooi", row.name) == Decimal("0.25")
    admin_page.post(url("checkthreshold", "delete", row.pk), {"post": "yes"})
    assert thresholds.read(["awoooi"]).value("awoooi", row.name) == Decimal("0.2")
    assert actions() == ["check_threshold.set", "check_threshold.set", "check_threshold.remove"]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "trust_drift.mood"},
        {"value": "1.1"},
        {"value": "-0.1"},
        {"value": "high"},
        {"value": ""},
        {"value": "NaN"},
        {"name": "silent_approval.minutes", "value": "0"},
        {"name": "llm_hallucination.window", "value": "10.5"},
        {"name": "llm_hallucination.window", "value": "100001"},
        {"project_id": "nowhere"},
    ],
    ids=str,
)
def test_a_bad_threshold_is_refused_at_its_field(admin_page, changes):
    assert add_threshold(admin_page, **changes).status_code == 422
    assert not CheckThreshold.objects.exists()


def test_the_edges_of_a_share_are_good(admin_page):
    assert add_threshold(admin_page, value="0").status_code == 302
    assert add_threshold(admin_page, name="llm_hallucination.rate", value="1").status_code == 302


def test_a_second_value_of_one_threshold_is_refused(admin_page):
    add_threshold(admin_page)
    assert add_threshold(admin_page, value="0.4").status_code == 422
    assert CheckThreshold.objects.get().value == Decimal("0.3")


# SLOs


def test_an_slo_of_a_project_replaces_the_built_in_one(admin_page):
    assert add_slo(admin_page).status_code == 302
    (slo,) = (one for one in definitions.in_force(["awoooi"])["awoooi"] if one.name == SLO["name"])
    assert (slo.target, slo.hard_red_line) == (Decimal("0.9"), Decimal("0.6"))
    row = SloDefinition.objects.get()
    admin_page.post(url("slodefinition", "delete", row.pk), {"post": "yes"})
    assert not SloDefinition.objects.exists()
    assert actions() == ["slo_definition.set", "slo_definition.remove"]


def test_an_slo_is_changed_and_keeps_its_name(admin_page):
    add_slo(admin_page)
    row = SloDefinition.objects.get()
    changed = {**SLO, "name": "other", "target": "0.95"}
    assert admin_page.post(url("slodefinition", "change", row.pk), changed).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.target) == ("autonomy_rate", Decimal("0.95"))


@pytest.mark.parametrize(
    "changes",
    [
        {"hard_red_line": "0.95"},
        {"direction": "below"},
        {"direction": "sideways"},
        {"query": ""},
        {"query": "up{"},
        {"target": "much"},
        {"project_id": "*"},
        {"name": ""},
    ],
    ids=str,
)
def test_a_bad_slo_is_refused(admin_page, changes):
    assert add_slo(admin_page, **changes).status_code == 422
    assert not SloDefinition.objects.exists()


def test_below_has_its_red_line_above_the_target(admin_page):
    answer = add_slo(admin_page, direction="below", target="2", hard_red_line="8")
    assert answer.status_code == 302


def test_a_superuser_defines_for_every_project(root_page, other_project):
    assert add_slo(root_page, project_id="*").status_code == 302
    found = definitions.in_force(["awoooi", "other"])
    targets = {project: {one.name: one.target for one in some} for project, some in found.items()}
    assert targets["other"]["autonomy_rate"] == Decimal("0.9")
    with tenancy.registry():
        row = SloDefinition.objects.get()
    listed = root_page.get(url("slodefinition", "changelist")).content.decode()
    assert "every project" in listed
    changed = root_page.post(url("slodefinition", "change", row.pk), {**SLO, "target": "0.8"})
    assert changed.status_code == 302
    root_page.post(url("slodefinition", "delete", row.pk), {"post": "yes"})
    with tenancy.registry():
        assert not SloDefinition.objects.exists()
    with tenancy.scope(["other"]):
        assert actions() == ["slo_definition.set", "slo_definition.set", "slo_definition.remove"]


def test_what_is_for_every_project_is_not_a_project_administrators(admin_page):
    with tenancy.registry():
        row = SloDefinition.objects.create(
            name="autonomy_rate", query="x", direction="above", target=1, hard_red_line=0
        )
    listed = admin_page.get(url("slodefinition", "changelist")).content.decode()
    assert "every project" not in listed
    answer = admin_page.post(url("slodefinition", "delete", row.pk), {"post": "yes"})
    assert answer.status_code == 302
    with tenancy.registry():
        assert SloDefinition.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "operator", "knowledge_owner"])
def test_others_look_and_set_nothing(project, role):
    account = factories.user(f"{role}@example.org", awoooi=role)
    account.is_staff = True
    account.save()
    client = Client()
    client.force_login(account)
    assert client.get(url("checkthreshold", "changelist")).status_code == 200
    assert add_threshold(client).status_code == 403
    assert add_slo(client).status_code == 403
