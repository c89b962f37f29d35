"""Signing in with a password: what is told, counted and put on record."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from awooop import clock, tenancy, throttling
from awooop.actions import sign_in
from awooop.clock import now
from awooop.models import AuditRecord, Session
from tests import factories
from tests.runs.together import together

PASSWORD = "a long enough password"
RIGHT = {"username": "operator@example.org", "password": PASSWORD}
WRONG = {**RIGHT, "password": "guess"}


def actions() -> list[str]:
    return list(
        AuditRecord.objects.filter(action__startswith="account.").values_list("action", flat=True)
    )


def test_a_good_password_signs_in_and_is_on_record(operator):
    client = Client()
    answer = client.post("/login?next=/profile", RIGHT, headers={"User-Agent": "Firefox/1 Linux"})
    assert (answer.status_code, answer["Location"]) == (302, "/profile")
    session = Session.objects.get(user=operator)
    assert (session.address, session.user_agent) == ("127.0.0.1", "Firefox/1 Linux")
    assert actions() == ["account.sign_in"]


def test_a_wrong_one_is_a_422_that_says_nothing_of_the_account(operator):
    known = Client().post("/login", WRONG)
    unknown = Client().post("/login", {"username": "who@example.org", "password": "guess"})
    assert known.status_code == unknown.status_code == 422
    said = "The e-mail address and the password do not fit together."
    assert said in known.content.decode()
    assert said in unknown.content.decode()
    assert actions() == ["account.sign_in.fail"]


def test_an_account_that_may_not_sign_in_is_as_good_as_none(operator):
    operator.is_active = False
    operator.save()
    assert Client().post("/login", RIGHT).status_code == 422


def test_after_so_many_tries_the_right_password_has_to_wait(operator):
    start = now()
    with clock.set_to(start):
        for _ in range(sign_in.NETWORK.tries):
            assert Client().post("/login", WRONG).status_code == 422
    with clock.set_to(start + timedelta(minutes=5)):
        refused = Client().post("/login", RIGHT)
    assert refused.status_code == 429
    assert refused["Retry-After"] == "600"
    assert "Wait 10 minutes" in refused.content.decode()
    with clock.set_to(start + timedelta(minutes=15, seconds=1)):
        assert Client().post("/login", RIGHT).status_code == 302


def test_the_wait_is_the_same_for_an_account_that_does_not_exist(db):
    form = {"username": "who@example.org", "password": "guess"}
    seen = [Client().post("/login", form).status_code for _ in range(sign_in.NETWORK.tries + 1)]
    assert seen == [422] * sign_in.NETWORK.tries + [429]


def test_one_address_cannot_try_every_account(operator):
    for number in range(sign_in.ADDRESS.tries):
        form = {"username": f"who{number}@example.org", "password": "guess"}
        assert Client().post("/login", form).status_code == 422
    assert Client().post("/login", RIGHT).status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.7").post("/login", RIGHT).status_code == 302


def test_a_good_try_gives_the_account_its_tries_back(operator):
    for _ in range(3):
        for _ in range(sign_in.NETWORK.tries - 1):
            Client().post("/login", WRONG)
        assert Client().post("/login", RIGHT).status_code == 302


def test_behind_a_proxy_it_is_the_client_s_address_that_counts(operator, settings):
    settings.TRUSTED_PROXIES = 1
    forged = {"X-Forwarded-For": "10.9.9.9, 192.0.2.7"}
    Client().post("/login", RIGHT, headers=forged)
    assert Session.objects.get(user=operator).address == "192.0.2.7"


def test_the_session_s_key_changes_at_the_sign_in(operator):
    client = Client()
    session = client.session
    session["planted"] = 1
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    client.post("/login", RIGHT)
    assert client.cookies["sessionid"].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_it_leads_nowhere_else(operator):
    answer = Client().post("/login?next=https://evil.example/", RIGHT)
    assert answer["Location"] == "/"


def test_a_failure_is_told_in_the_projects_of_the_account_only(operator, other_project):
    Client().post("/login", WRONG)
    with tenancy.scope(["other"]):
        assert not AuditRecord.objects.filter(action="account.sign_in.fail").exists()
    record = AuditRecord.objects.get(action="account.sign_in.fail")
    assert record.actor == "somebody at 127.0.0.1"


def test_tries_at_once_do_not_get_round_the_limit(truncatable):
    """Each takes its lease before it is known whether it was good: real connections, no luck."""
    limit = throttling.Limit("test", tries=3, seconds=60)

    def try_once() -> str:
        try:
            throttling.spend((limit, "one"))
        except throttling.TooManyTries:
            return "refused"
        return "taken"

    assert sorted(together([try_once] * 8)) == ["refused"] * 5 + ["taken"] * 3


def test_people_by_several_ways_are_told_apart(operator):
    factories.user("second@example.org", awoooi="viewer")
    for _ in range(sign_in.NETWORK.tries):
        Client().post("/login", WRONG)
    second = {"username": "second@example.org", "password": PASSWORD}
    assert Client().post("/login", second).status_code == 302
