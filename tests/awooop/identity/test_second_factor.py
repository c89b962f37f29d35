"""Codes of an app and recovery codes: taken into use, asked for, used once, taken away."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from django.test import Client

from awooop import clock, second_factors, tenancy
from awooop.actions import projects, sign_in
from awooop.actions import second_factors as actions
from awooop.clock import now
from awooop.models import AuditRecord, AuthenticatorApp, RecoveryCode, Session
from tests import factories

PASSWORD = "a long enough password"
STEP = timedelta(seconds=30)


def code_at(secret: str, moment) -> str:
    return pyotp.TOTP(secret).at(moment)


def enrol(account) -> tuple[str, list[str]]:
    """The secret of a new app, and the recovery codes."""
    secret = second_factors.new_secret()
    by = factories.caller_of_user(account)
    with clock.set_to(now() - 4 * STEP):
        return secret, actions.add_app(by=by, secret=secret, code=code_at(secret, now()))


def first_step(account, **query) -> Client:
    client = Client()
    form = {"username": account.email, "password": PASSWORD}
    answer = client.post("/login?next=/awooop/runs", form)
    assert answer["Location"] == "/login/second-factor"
    return client


def show(client: Client, code: str):
    return client.post("/login/second-factor", {"code": code})


def is_in(client: Client) -> bool:
    return client.get("/profile").status_code == 200


def test_it_is_taken_into_use_on_the_page_without_a_script(page, operator):
    text = page.get("/profile/second-factor/app").content.decode()
    assert "<svg width=" in text
    assert "style=" not in text[text.index("<svg width=") : text.index("</svg>")]
    sealed = re.search(r'name="sealed" value="([^"]+)"', text)[1]
    secret = re.search(r'data-copy="([A-Z2-7]{32})"', text)[1]
    assert not AuthenticatorApp.objects.exists()  # to look writes nothing
    wrong = page.post("/profile/second-factor/app", {"sealed": sealed, "code": "000000"})
    assert wrong.status_code == 422
    assert secret in wrong.content.decode()  # the same picture: the app need not read it again
    right = page.post(
        "/profile/second-factor/app", {"sealed": sealed, "code": code_at(secret, now())}
    )
    shown = re.findall(r"\b(?:[a-z2-9]{4}-){3}[a-z2-9]{4}\b", right.content.decode())
    assert len(set(shown)) == 10
    app = AuthenticatorApp.objects.get(user=operator)
    assert secret not in app.sealed_secret
    assert AuditRecord.objects.filter(action="account.second_factor.add").exists()


def test_the_sign_in_then_asks_for_it(operator):
    secret, _codes = enrol(operator)
    client = first_step(operator)
    assert not is_in(client)
    answer = show(client, code_at(secret, now()))
    assert (answer.status_code, answer["Location"]) == (302, "/awooop/runs")
    assert is_in(client)
    assert Session.objects.get(user=operator).method == "password+totp"


def test_the_administration_is_no_way_round(project):
    root = factories.user("root@example.org", is_superuser=True)
    enrol(root)
    client = Client()
    answer = client.post("/admin/login/", {"username": root.email, "password": PASSWORD})
    assert answer["Location"].startswith("/login?next=")
    assert first_step(root).get("/admin/").status_code == 302


def test_a_code_is_good_once(operator):
    secret, _codes = enrol(operator)
    code = code_at(secret, now())
    assert show(first_step(operator), code).status_code == 302
    again = show(first_step(operator), code)
    assert again.status_code == 422
    assert "used already" in again.content.decode()


def test_an_earlier_code_is_not_good_after_a_later_one(operator):
    secret, _codes = enrol(operator)
    at = now()
    with clock.set_to(at):
        assert show(first_step(operator), code_at(secret, at)).status_code == 302
        assert show(first_step(operator), code_at(secret, at - STEP)).status_code == 422


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 302), (0, 302), (1, 302), (2, 422)])
def test_clocks_may_differ_by_one_step(operator, steps, status):
    secret, _codes = enrol(operator)
    at = now()
    with clock.set_to(at):
        client = first_step(operator)
        assert show(client, code_at(secret, at + steps * STEP)).status_code == status


def test_a_recovery_code_is_good_once(operator):
    _secret, codes = enrol(operator)
    assert show(first_step(operator), codes[0].upper().replace("-", " ")).status_code == 302
    assert show(first_step(operator), codes[0]).status_code == 422
    assert RecoveryCode.objects.filter(user=operator).count() == 9


def test_codes_cannot_be_guessed_by_giving_the_password_again(operator):
    secret, _codes = enrol(operator)
    for number in range(sign_in.SECOND.tries):
        assert show(first_step(operator), f"{number:06}").status_code == 422
    refused = show(first_step(operator), code_at(secret, now()))
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0


def test_the_first_step_does_not_wait_for_ever(operator):
    secret, _codes = enrol(operator)
    client = first_step(operator)
    with clock.set_to(now() + timedelta(minutes=11)):
        assert show(client, code_at(secret, now()))["Location"] == "/login"


def test_without_the_first_step_there_is_no_second(operator):
    secret, _codes = enrol(operator)
    client = Client()
    assert client.get("/login/second-factor")["Location"] == "/login"
    assert show(client, code_at(secret, now()))["Location"] == "/login"
    assert not is_in(client)


def test_an_account_deactivated_in_between_stays_out(operator):
    secret, _codes = enrol(operator)
    client = first_step(operator)
    operator.is_active = False
    operator.save()
    assert show(client, code_at(secret, now()))["Location"] == "/login"


def test_another_s_code_opens_nothing(operator):
    enrol(operator)
    other = factories.user("other@example.org", awoooi="operator")
    secret, codes = enrol(other)
    assert show(first_step(operator), code_at(secret, now())).status_code == 422
    assert show(first_step(operator), codes[0]).status_code == 422


def test_a_secret_under_an_earlier_key_is_still_read(operator, settings):
    secret, _codes = enrol(operator)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 50
    assert show(first_step(operator), code_at(secret, now())).status_code == 302


def test_to_change_it_one_confirms_that_it_is_oneself(page, operator):
    with clock.set_to(now() + timedelta(minutes=16)):
        for method, path in (
            ("get", "app"),
            ("get", "key"),
            ("post", "app/remove"),
            ("post", "recovery-codes"),
        ):
            answer = getattr(page, method)(f"/profile/second-factor/{path}")
            assert answer["Location"].startswith("/confirm?next="), path


def test_a_code_confirms_as_well_as_the_password(page, operator):
    secret, _codes = enrol(operator)
    with clock.set_to(now() + timedelta(minutes=16)):
        answer = page.post("/confirm", {"confirm_with": code_at(secret, now())})
        assert answer.status_code == 302
        assert page.get("/profile/password").status_code == 200


def test_without_the_last_factor_the_recovery_codes_go(operator):
    enrol(operator)
    actions.remove_app(by=factories.caller_of_user(operator))
    assert not RecoveryCode.objects.exists()
    answer = Client().post("/login", {"username": operator.email, "password": PASSWORD})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("asked", ["setting", "project"])
def test_who_must_have_one_adds_it_before_anything_else(operator, project, settings, asked):
    if asked == "setting":
        settings.SECOND_FACTOR = "required"
    else:
        project.requires_second_factor = True
        project.save()
    client = Client()
    answer = client.post("/login", {"username": operator.email, "password": PASSWORD})
    assert answer["Location"] == "/profile/second-factor"
    for path in ("/", "/profile", "/awooop/approvals", "/admin/", "/profile/password"):
        assert client.get(path)["Location"] == "/profile/second-factor", path
    text = client.get("/profile/second-factor/app").content.decode()
    sealed = re.search(r'name="sealed" value="([^"]+)"', text)[1]
    secret = re.search(r'data-copy="([A-Z2-7]{32})"', text)[1]
    form = {"sealed": sealed, "code": code_at(secret, now())}
    assert client.post("/profile/second-factor/app", form).status_code == 200
    assert client.get("/").status_code == 200


def test_a_project_that_asks_for_one_ends_the_sessions_without(page, operator, project):
    project.requires_second_factor = True
    with tenancy.scope(["awoooi"]):
        root = factories.user("root@example.org", is_superuser=True)
        projects.update(by=factories.caller_of_user(root), project=project)
    assert not is_in(page)


def test_an_administrator_resets_it(client, operator, page):
    enrol(operator)
    client.force_login(factories.user("root@example.org", is_superuser=True))
    url = f"/admin/awooop/user/{operator.pk}/act/reset-second-factor/"
    assert client.post(url, {"apply": "1"}).status_code == 302
    assert not AuthenticatorApp.objects.exists()
    assert not is_in(page)
    record = AuditRecord.objects.get(action="account.second_factor.reset")
    assert record.details["removed"] == 1


def test_an_administrator_deactivates_and_sessions_end_at_once(client, operator, page):
    client.force_login(factories.user("root@example.org", is_superuser=True))
    url = f"/admin/awooop/user/{operator.pk}/act/deactivate/"
    assert client.post(url, {"apply": "1"}).status_code == 302
    assert not Session.objects.filter(user=operator).exists()
    assert not is_in(page)
    assert AuditRecord.objects.filter(action="account.deactivate").exists()


def test_nobody_deactivates_themselves(client, db):
    root = factories.user("root@example.org", is_superuser=True)
    client.force_login(root)
    answer = client.post(f"/admin/awooop/user/{root.pk}/act/deactivate/", {"apply": "1"})
    assert answer.status_code == 409
    root.refresh_from_db()
    assert root.is_active


def test_a_changed_password_ends_the_other_sessions(page, operator):
    there = Client()
    there.post("/login", {"username": operator.email, "password": PASSWORD})
    form = {
        "old_password": PASSWORD,
        "new_password1": "another long password",
        "new_password2": "another long password",
    }
    assert page.post("/profile/password", {**form, "old_password": "x"}).status_code == 422
    assert page.post("/profile/password", form).status_code == 302
    assert (is_in(page), is_in(there)) == (True, False)
