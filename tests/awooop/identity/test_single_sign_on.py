"""Single sign-on against a real provider on loopback, and every lie it could tell."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from awooop import clock, second_factors
from awooop.actions import second_factors as actions
from awooop.clock import now
from awooop.models import AuditRecord, Session, SingleSignOnIdentity, User
from tests import factories
from tests.awooop.identity import provider as providers


@pytest.fixture
def provider(settings):
    """A provider that knows the operator, and is configured."""
    made = providers.Provider()
    made.who = {"email": "operator@example.org", "email_verified": True, "sub": "op-1"}
    settings.OIDC_ISSUER = made.issuer
    settings.OIDC_CLIENT_ID = providers.CLIENT_ID
    settings.OIDC_CLIENT_SECRET = providers.CLIENT_SECRET
    settings.PUBLIC_URL = "http://testserver"
    yield made
    made.close()


def begun(client: Client, query: str = "") -> str:
    """Where the provider sends a person back to."""
    answer = client.get(f"/login/sso{query}")
    assert answer.status_code == 302, answer.content
    return requests.get(answer["Location"], allow_redirects=False, timeout=5).headers["Location"]


def returned(client: Client, back: str):
    parts = urlsplit(back)
    return client.get(f"{parts.path}?{parts.query}")


def is_in(client: Client) -> bool:
    return client.get("/profile").status_code == 200


def refused(client: Client, back: str) -> str:
    answer = returned(client, back)
    assert answer.status_code == 403
    assert not is_in(client)
    return answer.content.decode()


def test_it_is_off_until_it_is_configured(db):
    assert "/login/sso" not in Client().get("/login").content.decode()
    assert Client().get("/login/sso")["Location"] == "/login"
    assert Client().get("/login/sso/callback")["Location"] == "/login"


def test_an_operator_signs_in_by_the_verified_address(operator, provider):
    client = Client()
    assert (
        'href="/login/sso?next=/awooop/runs"'
        in client.get("/login?next=/awooop/runs").content.decode()
    )
    answer = returned(client, begun(client, "?next=/awooop/runs"))
    assert (answer.status_code, answer["Location"]) == (302, "/awooop/runs")
    assert is_in(client)
    assert Session.objects.get(user=operator).method == "oidc"
    assert SingleSignOnIdentity.objects.get().subject == "op-1"
    assert AuditRecord.objects.get(action="account.sign_in").details["method"] == "oidc"


def test_it_asks_with_state_nonce_and_pkce(operator, provider):
    begun(Client())
    begun(Client())
    first, second = provider.asked
    assert first["code_challenge_method"] == "S256"
    assert first["redirect_uri"] == "http://testserver/login/sso/callback"
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 20
        assert first[name] != second[name]


def test_nothing_is_written_before_somebody_comes_back(operator, provider):
    client = Client()
    begun(client)
    assert not Session.objects.exists()
    cookie = client.cookies["awooop_sso"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert provider.asked[0]["nonce"] not in cookie.value


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"iss": "https://evil.example"},
        {"exp": 1_700_003_600, "iat": 1_700_000_000},
        {"email_verified": False},
        {"email_verified": None},
        {"email": None},
        {"sub": None},
    ],
    ids=lambda lies: "-".join(f"{name}:{value}"[:24] for name, value in lies.items()),
)
def test_a_token_that_is_not_right_in_one_thing_is_refused(operator, provider, lies):
    provider.lies = lies
    client = Client()
    refused(client, begun(client))


def test_a_token_of_another_key_is_refused(operator, provider):
    provider.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    client = Client()
    refused(client, begun(client))


@pytest.mark.parametrize(("algorithm", "key"), [("none", None), ("HS256", "x" * 40)])
def test_a_token_that_the_provider_did_not_sign_is_refused(operator, provider, algorithm, key):
    provider.algorithm, provider.signing_key = algorithm, key
    client = Client()
    refused(client, begun(client))


def test_a_state_that_was_not_given_is_refused(operator, provider):
    client = Client()
    back = begun(client)
    state = parse_qs(urlsplit(back).query)["state"][0]
    refused(client, back.replace(state, "another"))


def test_a_return_to_another_browser_is_refused(operator, provider):
    """Else somebody could sign another person in as themselves."""
    back = begun(Client())
    refused(Client(), back)
    other = Client()
    begun(other)
    refused(other, back)


def test_a_return_is_good_once(operator, provider):
    client = Client()
    back = begun(client)
    kept = client.cookies["awooop_sso"].value
    assert returned(client, back).status_code == 302
    again = Client()
    again.cookies["awooop_sso"] = kept
    assert "used already" in refused(again, back)


def test_a_return_too_late_is_refused(operator, provider):
    client = Client()
    back = begun(client)
    with clock.set_to(now() + timedelta(minutes=11)):
        refused(client, back)


def test_what_the_provider_refuses_is_said(operator, provider):
    client = Client()
    state = parse_qs(urlsplit(begun(client)).query)["state"][0]
    refused(client, f"/login/sso/callback?error=access_denied&state={state}")


def test_nobody_is_made_by_it(project, provider):
    client = Client()
    provider.who["email"] = "stranger@example.org"
    assert "no account here" in refused(client, begun(client))
    assert not User.objects.filter(email="stranger@example.org").exists()


def test_where_accounts_are_made_they_may_do_nothing(project, provider, settings):
    settings.OIDC_CREATES_ACCOUNTS = True
    provider.who["email"] = "Stranger@Example.org"
    client = Client()
    assert returned(client, begun(client)).status_code == 302
    made = User.objects.get(email="stranger@example.org")
    assert not made.has_usable_password()
    assert not made.memberships.exists()
    assert (made.is_staff, made.is_superuser) == (False, False)
    assert "awoooi" not in client.get("/profile").content.decode()


def test_a_deactivated_account_stays_out(operator, provider):
    operator.is_active = False
    operator.save()
    client = Client()
    refused(client, begun(client))


def test_an_address_given_to_somebody_else_does_not_give_the_account(operator, provider):
    first = Client()
    returned(first, begun(first))
    provider.who["sub"] = "op-2"
    second = Client()
    assert "no account here" in refused(second, begun(second))


def test_who_is_somebody_here_does_not_become_another_by_address(operator, provider):
    first = Client()
    returned(first, begun(first))
    factories.user("boss@example.org", awoooi="project_admin")
    provider.who["email"] = "boss@example.org"
    second = Client()
    refused(second, begun(second))


def _with_app(operator) -> None:
    secret = second_factors.new_secret()
    code = pyotp.TOTP(secret).at(now())
    actions.add_app(by=factories.caller_of_user(operator), secret=secret, code=code)


def test_a_second_factor_of_ours_is_asked_for_all_the_same(operator, provider):
    _with_app(operator)
    provider.who["amr"] = ["pwd", "otp"]
    client = Client()
    assert returned(client, begun(client))["Location"] == "/login/second-factor"
    assert not is_in(client)


def test_the_provider_s_own_counts_where_it_is_trusted(operator, provider, settings):
    settings.OIDC_TRUSTS_AMR, settings.SECOND_FACTOR = True, "required"
    _with_app(operator)
    client = Client()
    assert returned(client, begun(client))["Location"] == "/login/second-factor"
    provider.who["amr"] = ["pwd", "otp"]
    client = Client()
    assert returned(client, begun(client))["Location"] == "/"


def test_it_confirms_who_is_there(operator, provider, page):
    with clock.set_to(now() + timedelta(minutes=16)):
        assert "confirm=1" in page.get("/confirm?next=/profile/password").content.decode()
        assert page.get("/profile/password").status_code == 302
        provider.lies = {"auth_time": int(now().timestamp())}
        back = begun(page, "?confirm=1&next=/profile/password")
        assert provider.asked[-1]["prompt"] == "login"
        assert returned(page, back)["Location"] == "/profile/password"
        assert page.get("/profile/password").status_code == 200


@pytest.mark.parametrize(
    "lies", [{"auth_time": 1}, {"auth_time": None}, {"email": "other@example.org", "sub": "o"}]
)
def test_it_does_not_confirm_an_old_sign_in_or_another_person(operator, provider, page, lies):
    factories.user("other@example.org", awoooi="operator")
    with clock.set_to(now() + timedelta(minutes=16)):
        provider.lies = lies
        assert returned(page, begun(page, "?confirm=1")).status_code == 403
        assert page.get("/profile/password").status_code == 302


def test_a_provider_that_is_gone_is_a_503(operator, provider, settings):
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    assert Client().get("/login/sso").status_code == 503


def test_a_provider_that_calls_itself_otherwise_is_not_taken(operator, provider, settings):
    settings.OIDC_ISSUER = provider.issuer.replace("127.0.0.1", "localhost")
    assert Client().get("/login/sso").status_code == 503


def test_it_leads_nowhere_else(operator, provider):
    client = Client()
    assert returned(client, begun(client, "?next=//evil.example/"))["Location"] == "/"
