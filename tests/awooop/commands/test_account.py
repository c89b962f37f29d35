"""`manage.py account`: how an account stands, and the way back in for who lost it."""

from __future__ import annotations

import json
from io import StringIO

import pyotp
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from awooop import second_factors
from awooop.actions import second_factors as actions
from awooop.actions import sign_in
from awooop.clock import now
from awooop.models import AuditRecord
from tests import factories

PASSWORD = "a long enough password"


def account(*options: str) -> dict:
    out = StringIO()
    call_command("account", "operator@example.org", "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def signs_in(password: str = PASSWORD) -> str:
    form = {"username": "operator@example.org", "password": password}
    answer = Client().post("/login", form)
    return answer.get("Location", str(answer.status_code))


def test_it_tells_how_an_account_stands(operator, page):
    assert account() == {
        "ok": True,
        "email": "operator@example.org",
        "is_active": True,
        "is_superuser": False,
        "second_factors": [],
        "recovery_codes": 0,
        "sessions": 1,
    }
    assert not AuditRecord.objects.filter(action__startswith="account.").exists()


def test_it_resets_a_lost_second_factor(operator, page):
    secret = second_factors.new_secret()
    code = pyotp.TOTP(secret).at(now())
    actions.add_app(by=factories.caller_of_user(operator), secret=secret, code=code)
    assert signs_in() == "/login/second-factor"
    told = account("--reset-second-factor")
    assert (told["second_factors"], told["recovery_codes"], told["sessions"]) == ([], 0, 0)
    assert signs_in() == "/"


def test_it_unlocks(operator):
    for _ in range(sign_in.NETWORK.tries):
        signs_in("guess")
    assert signs_in() == "429"
    account("--unlock")
    assert signs_in() == "/"


def test_it_makes_a_password(operator, page):
    password = account("--new-password")["password"]
    assert page.get("/profile").status_code == 302
    assert (signs_in(), signs_in(password)) == ("422", "/")


def test_it_deactivates_and_activates(operator, page):
    assert account("--deactivate")["sessions"] == 0
    assert signs_in() == "422"
    account("--activate")
    assert signs_in() == "/"


def test_what_it_does_is_on_record(operator):
    account("--unlock", "--new-password", "--deactivate", "--reset-second-factor")
    actions_done = set(AuditRecord.objects.values_list("action", flat=True))
    assert {
        "account.unlock",
        "account.password.reset",
        "account.deactivate",
        "account.second_factor.reset",
    } <= actions_done
    assert AuditRecord.objects.get(action="account.unlock").actor == "manage.py account"


def test_an_account_that_does_not_exist(db):
    with pytest.raises(CommandError, match="There is no account"):
        call_command("account", "nobody@example.org", stdout=StringIO())
