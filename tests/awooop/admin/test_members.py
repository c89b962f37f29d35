from __future__ import annotations

import pytest
from django.urls import reverse

from awooop.models import AuditRecord, Membership
from tests import factories

ADD = reverse("admin:awooop_membership_add")
LIST = reverse("admin:awooop_membership_changelist")


@pytest.fixture
def newcomer(project):
    return factories.user("new@example.org")


def _member(user, role="viewer"):
    return Membership.objects.create(user=user, project_id="awoooi", role=role)


def test_a_member_is_added_by_address(admin_page, newcomer):
    values = {"email": "New@Example.org", "project_id": "awoooi", "role": "operator"}
    assert admin_page.post(ADD, values).status_code == 302
    assert Membership.objects.get(user=newcomer).role == "operator"
    assert AuditRecord.objects.filter(action="member.set", resource_id=str(newcomer.pk)).exists()


def test_an_unknown_address_is_an_error_of_its_field(admin_page):
    values = {"email": "who@example.org", "project_id": "awoooi", "role": "operator"}
    answer = admin_page.post(ADD, values)
    assert answer.status_code == 422
    assert "no such account" in answer.content.decode()


def test_only_own_projects_can_be_chosen(admin_page, other_project, newcomer):
    values = {"email": newcomer.email, "project_id": "other", "role": "operator"}
    answer = admin_page.post(ADD, values)
    assert answer.status_code == 422
    assert not Membership.objects.filter(user=newcomer).exists()


def test_a_role_is_changed_by_the_action(admin_page, newcomer):
    member = _member(newcomer)
    url = reverse("admin:awooop_membership_change", args=[member.pk])
    assert admin_page.post(url, {"role": "project_admin"}).status_code == 302
    member.refresh_from_db()
    assert member.role == "project_admin"
    assert AuditRecord.objects.filter(action="member.set", resource_id=str(newcomer.pk)).exists()


def test_removal_is_by_the_action(admin_page, newcomer):
    member = _member(newcomer)
    url = reverse("admin:awooop_membership_delete", args=[member.pk])
    assert admin_page.post(url, {"post": "yes"}).status_code == 302
    assert not Membership.objects.filter(pk=member.pk).exists()
    assert AuditRecord.objects.filter(action="member.remove").exists()


def test_several_are_removed_by_the_action(admin_page, newcomer):
    member = _member(newcomer)
    values = {"action": "delete_selected", "_selected_action": [member.pk], "post": "yes"}
    assert admin_page.post(LIST, values).status_code == 302
    assert AuditRecord.objects.filter(action="member.remove").exists()


def test_an_operator_on_staff_sees_no_members(operator, page):
    operator.is_staff = True
    operator.save()
    assert page.get(LIST).status_code == 403
