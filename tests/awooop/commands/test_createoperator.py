from __future__ import annotations

import io

import pytest

from awooop.models import Membership, User
from tests import factories

OPERATOR = ("createoperator", "Ops@Example.org", "--project", "awoooi", "--role")


def test_a_new_account_gets_a_password_that_is_shown_once(project, command):
    data = command(*OPERATOR, "operator", "--json").json
    user = User.objects.get(email="ops@example.org")
    assert user.check_password(data["password"])
    assert (data["is_new"], user.is_staff) == (True, False)
    assert Membership.objects.get(user=user).role == "operator"


def test_a_password_may_come_from_stdin_and_is_not_shown(project, command, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("rather long and odd 7\n"))
    ran = command(*OPERATOR, "operator", "--password-stdin")
    assert ran.code == 0
    assert "rather long" not in ran.out + ran.err
    assert User.objects.get().check_password("rather long and odd 7")


@pytest.mark.parametrize("password", ["", "short\n", "password123\n"])
def test_a_poor_password_is_refused(project, command, monkeypatch, password):
    monkeypatch.setattr("sys.stdin", io.StringIO(password))
    ran = command(*OPERATOR, "operator", "--password-stdin", "--json")
    assert ran.code == 1
    assert ran.json["errors"][0]["field"] == "password"
    assert not User.objects.exists()


def test_an_account_that_exists_gets_the_role_and_keeps_its_password(project, command):
    user = factories.user("ops@example.org")
    ran = command(*OPERATOR, "viewer", "--json")
    assert ran.json["is_new"] is False
    assert "password" not in ran.json
    assert user.check_password("a long enough password")
    assert Membership.objects.get(user=user).role == "viewer"


def test_a_password_for_an_account_that_exists_is_refused(project, command, monkeypatch):
    factories.user("ops@example.org")
    monkeypatch.setattr("sys.stdin", io.StringIO("rather long and odd 7\n"))
    assert command(*OPERATOR, "viewer", "--password-stdin").code == 1
    assert not Membership.objects.exists()


def test_a_project_administrator_may_open_the_administration(project, command):
    command(*OPERATOR, "project_admin")
    assert User.objects.get().is_staff


def test_an_unknown_project_is_a_failure_and_makes_no_account(command):
    ran = command(*OPERATOR, "operator")
    assert (ran.code, ran.error) == (1, "There is no project awoooi.")
    assert not User.objects.exists()


def test_a_bad_address_is_named(project, command):
    ran = command("createoperator", "nobody", "--project=awoooi", "--role=viewer", "--json")
    assert ran.json["errors"][0]["field"] == "email"
