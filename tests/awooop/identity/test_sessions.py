"""How long a session lasts, and who ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from awooop import clock
from awooop.clock import now
from awooop.models import AuditRecord, Session
from tests import factories

MINUTE = timedelta(minutes=1)
PASSWORD = "a long enough password"


def signed_in(account, agent: str = "") -> Client:
    client = Client(headers={"User-Agent": agent} if agent else {})
    form = {"username": account.email, "password": PASSWORD}
    assert client.post("/login", form).status_code == 302
    return client


def is_in(client: Client, **headers: str) -> bool:
    return client.get("/profile", headers=headers).status_code == 200


def test_it_ends_when_nobody_does_anything(page, settings):
    settings.SESSION_IDLE_S = 1800
    at = now()
    for minutes in (20, 40, 60):
        with clock.set_to(at + minutes * MINUTE):
            assert is_in(page)
    with clock.set_to(at + 91 * MINUTE):
        assert not is_in(page)


def test_a_page_that_refreshes_itself_does_not_keep_it(page, settings):
    settings.SESSION_IDLE_S = 1800
    at = now()
    for minutes in (20, 29):
        with clock.set_to(at + minutes * MINUTE):
            assert is_in(page, **{"X-Refresh": "1"})
    with clock.set_to(at + 31 * MINUTE):
        assert not is_in(page)


def test_it_ends_after_its_hours_whatever_is_done(page, settings):
    settings.SESSION_IDLE_S, settings.SESSION_COOKIE_AGE = 0, 3600
    at = now()
    with clock.set_to(at + 59 * MINUTE):
        assert page.post("/profile", {"language": "", "time_zone": "UTC"}).status_code == 302
    with clock.set_to(at + 61 * MINUTE):
        assert not is_in(page)


def test_the_page_shows_where_one_is_signed_in(operator):
    signed_in(operator, "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
    here = signed_in(operator, "Mozilla/5.0 (iPhone) Safari/604.1")
    text = here.get("/profile").content.decode()
    assert "Firefox · Linux" in text
    assert text.index("Safari · iPhone") < text.index("Firefox · Linux")  # this one first
    assert text.count("127.0.0.1") == 2


def test_one_other_is_ended(operator):
    there, here = signed_in(operator), signed_in(operator)
    other = Session.objects.get(session_key=there.session.session_key)
    assert here.post(f"/profile/sessions/{other.ident}/end").status_code == 302
    assert (is_in(here), is_in(there)) == (True, False)
    record = AuditRecord.objects.get(action="account.session.end")
    assert record.details["sessions"] == 1


def test_all_others_are_ended(operator):
    there, elsewhere, here = (signed_in(operator) for _ in range(3))
    here.post("/profile/sessions/end")
    assert (is_in(here), is_in(there), is_in(elsewhere)) == (True, False, False)


def test_nobody_ends_another_person_s(operator, page):
    other = factories.user("other@example.org", awoooi="operator")
    theirs = signed_in(other)
    ident = Session.objects.get(user=other).ident
    page.post(f"/profile/sessions/{ident}/end")
    page.post("/profile/sessions/end")
    assert is_in(theirs)


def test_a_session_under_an_earlier_secret_key_goes_on(operator, settings):
    client = signed_in(operator)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 50
    assert is_in(client)
    settings.SECRET_KEY_FALLBACKS = []
    assert is_in(client)  # it was signed anew at the first use


def test_a_session_under_a_key_that_was_taken_away_is_over(operator, settings):
    client = signed_in(operator)
    settings.SECRET_KEY = "n" * 50
    assert not is_in(client)


@pytest.mark.parametrize("path", ["/profile", "/awooop/runs"])
def test_reading_keeps_only_when_it_was_used(page, path):
    before = Session.objects.values().get()
    with clock.set_to(now() + 5 * MINUTE):
        page.get(path)
    after = Session.objects.values().get()
    assert after.pop("last_seen_at") > before.pop("last_seen_at")
    assert after == before
