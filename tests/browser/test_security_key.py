"""A security key in a real browser, with the authenticator that Chromium brings for tests."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs

import pytest
from django.test import Client

from awooop import sealing, tenancy
from awooop.models import AuditRecord, SecurityKey, Session, User
from tests import factories

pytestmark = pytest.mark.needs_program("chromium")
EMAIL, PASSWORD = "admin@example.org", "a long enough password"
_AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": False,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def project(accounts):
    """A project, so that what happens is on record."""
    return factories.project("awoooi")


def _tab(walker):
    context = walker.browser.new_context()
    tab = context.new_page()
    session = context.new_cdp_session(tab)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": _AUTHENTICATOR})
    return context, tab


def _first_step(tab, base: str) -> None:
    tab.goto(f"{base}/login")
    tab.fill("[name=username]", EMAIL)
    tab.fill("[name=password]", PASSWORD)
    tab.click("form:has([name=password]) button")


def _add(tab, base: str) -> None:
    _first_step(tab, base)
    tab.wait_for_url(f"{base}/")
    tab.goto(f"{base}/profile/second-factor/key")
    tab.fill("[name=name]", "Blue key")
    tab.click("form[data-passkey] button")
    tab.wait_for_selector("pre")


def test_it_is_added_and_then_signs_in(project, in_browser, live_server):
    def act(walker) -> None:
        context, tab = _tab(walker)
        _add(tab, live_server.url)
        context.clear_cookies()
        _first_step(tab, live_server.url)
        tab.wait_for_url("**/login/second-factor")
        tab.click("form[data-passkey] button")
        tab.wait_for_url(f"{live_server.url}/")
        tab.goto(f"{live_server.url}/confirm")
        tab.click("form[data-passkey] button")
        tab.wait_for_url("**/profile")
        context.close()

    in_browser(act)
    key = SecurityKey.objects.get()
    assert key.name == "Blue key"
    assert key.last_used_at is not None
    assert Session.objects.filter(method="password+security_key").exists()


def test_a_showing_is_good_once_and_for_nobody_else(project, in_browser, live_server):
    sent = []

    def act(walker) -> None:
        context, tab = _tab(walker)
        _add(tab, live_server.url)
        context.clear_cookies()
        _first_step(tab, live_server.url)
        tab.wait_for_url("**/login/second-factor")
        tab.on("request", lambda one: sent.append(one.post_data) if one.post_data else None)
        tab.click("form[data-passkey] button")
        tab.wait_for_url(f"{live_server.url}/")
        context.close()

    in_browser(act)
    shown = {name: values[0] for name, values in parse_qs(sent[-1]).items()}
    host = live_server.url.removeprefix("http://")
    again = Client(HTTP_HOST=host)
    again.post("/login", {"username": EMAIL, "password": PASSWORD})
    answer = again.post("/login/second-factor", shown)
    assert answer.status_code == 422
    assert again.get("/profile").status_code == 302
    # A challenge that was sealed for another person opens nothing either.
    user = User.objects.get(email=EMAIL)
    challenge = base64.urlsafe_b64encode(b"c" * 32).decode().rstrip("=")
    forged = {**shown, "sealed": sealing.seal("webauthn.show", [user.pk + 1, challenge])}
    assert again.post("/login/second-factor", forged).status_code == 422
    assert again.post("/login/second-factor", {**shown, "credential": "{}"}).status_code == 422
    failed = AuditRecord.objects.filter(action="account.sign_in.fail")
    with tenancy.scope(["awoooi"]):
        steps = list(failed.values_list("details__step", flat=True))
    assert steps == ["security_key"] * 3
