from __future__ import annotations

import pytest
from django.urls import reverse

from awooop.models import User
from tests import factories

LIST = reverse("admin:awooop_user_changelist")
ADD = reverse("admin:awooop_user_add")


def test_a_superuser_makes_an_account(root_page):
    values = {
        "email": "Fresh@Example.org",
        "usable_password": "true",
        "password1": "rather long and odd 7",
        "password2": "rather long and odd 7",
    }
    assert root_page.post(ADD, values).status_code == 302
    assert User.objects.get(email="fresh@example.org").check_password("rather long and odd 7")


def test_a_superuser_changes_a_password(root_page):
    account = factories.user("someone@example.org")
    url = reverse("admin:auth_user_password_change", args=[account.pk])
    values = {"password1": "rather long and odd 7", "password2": "rather long and odd 7"}
    assert root_page.post(url, values).status_code == 302
    account.refresh_from_db()
    assert account.check_password("rather long and odd 7")


@pytest.mark.parametrize("url", [LIST, ADD])
def test_a_project_administrator_sees_no_accounts(admin_page, url):
    assert admin_page.get(url).status_code == 403


def test_an_account_is_deactivated_and_not_deleted(root_page):
    account = factories.user("someone@example.org")
    delete = reverse("admin:awooop_user_delete", args=[account.pk])
    assert root_page.post(delete, {"post": "yes"}).status_code == 403
    change = reverse("admin:awooop_user_change", args=[account.pk])
    values = {"email": account.email, "time_zone": "Asia/Taipei", "language": "", "is_staff": "on"}
    assert root_page.post(change, values).status_code == 302
    account.refresh_from_db()
    assert not account.is_active
