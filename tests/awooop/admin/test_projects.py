from __future__ import annotations

from django.urls import reverse

from awooop.models import AuditRecord, Project

ADD = reverse("admin:awooop_project_add")
VALUES = {
    "display_name": "Changed",
    "is_active": "on",
    "migration_mode": "canary",
    "budget_limit_usd": "",
    "timezone": "Asia/Taipei",
    "default_agent_id": "sre-agent",
}


def _change(project_id: str) -> str:
    return reverse("admin:awooop_project_change", args=[project_id])


def test_a_superuser_makes_a_project_by_the_action(project, root_page, root):
    answer = root_page.post(ADD, {"project_id": "fresh", **VALUES})
    assert answer.status_code == 302
    answer = root_page.get(_change("fresh"))
    assert "Changed" in answer.content.decode()


def test_an_edit_is_audited_with_what_changed(admin_page, project_admin):
    assert admin_page.post(_change("awoooi"), VALUES).status_code == 302
    record = AuditRecord.objects.get(project_id="awoooi", action="project.update")
    assert record.actor == project_admin.email
    assert record.details["migration_mode"] == {"from": "active", "to": "canary"}


def test_an_unknown_time_zone_is_an_error_of_its_field(admin_page):
    answer = admin_page.post(_change("awoooi"), {**VALUES, "timezone": "Mars/Base"})
    assert answer.status_code == 422
    assert "IANA" in answer.content.decode()


def test_a_project_administrator_makes_no_projects(admin_page):
    assert admin_page.post(ADD, {"project_id": "fresh", **VALUES}).status_code == 403
    assert not Project.objects.filter(pk="fresh").exists()


def test_a_project_that_exists_is_an_error_of_the_form(project, other_project, root_page):
    answer = root_page.post(ADD, {"project_id": "other", **VALUES})
    assert answer.status_code == 422
    assert "exists" in answer.content.decode()


def test_a_project_is_not_deleted_here(project, root_page):
    url = reverse("admin:awooop_project_delete", args=["awoooi"])
    assert root_page.post(url, {"post": "yes"}).status_code == 403


def test_another_project_is_neither_listed_nor_opened(other_project, admin_page):
    listed = admin_page.get(reverse("admin:awooop_project_changelist")).content.decode()
    assert "awoooi" in listed
    assert _change("other") not in listed
    assert admin_page.get(_change("other")).status_code == 302
    assert admin_page.post(_change("other"), VALUES).status_code == 302
    assert not AuditRecord.objects.filter(project_id="other", action="project.update").exists()


def test_the_language_of_its_messages_is_chosen_and_audited(admin_page):
    values = {**VALUES, "message_language": "zh-hant"}
    assert admin_page.post(_change("awoooi"), values).status_code == 302
    assert Project.objects.get(pk="awoooi").message_language == "zh-hant"
    record = AuditRecord.objects.get(project_id="awoooi", action="project.update")
    assert record.details["message_language"] == {"from": "", "to": "zh-hant"}


def test_an_unknown_language_is_an_error_of_its_field(admin_page):
    answer = admin_page.post(_change("awoooi"), {**VALUES, "message_language": "tlh"})
    assert answer.status_code == 422
    assert Project.objects.get(pk="awoooi").message_language == ""
