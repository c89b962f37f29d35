"""A stranger's tries at an account stop the stranger, not the person whose account it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client

from awooop import clock, devices
from awooop.actions import sign_in
from awooop.clock import now
from tests import factories

PASSWORD = "a long enough password"
RIGHT = {"username": "operator@example.org", "password": PASSWORD}
WRONG = {**RIGHT, "password": "guess"}
STRANGER = "198.51.100.7"


def _guess(times: int, client: Client | None = None, **form: str) -> list[int]:
    client = client or Client(REMOTE_ADDR=STRANGER)
    return [client.post("/login", WRONG | form).status_code for _ in range(times)]


def _from_many_networks(times: int) -> list[int]:
    clients = (Client(REMOTE_ADDR=f"203.0.{number // 5}.9") for number in range(times))
    return [client.post("/login", WRONG).status_code for client in clients]


@pytest.fixture
def known(operator) -> Client:
    """The operator's own browser, signed out since."""
    client = Client()
    client.post("/login", RIGHT)
    client.post("/logout")
    return client


def test_a_stranger_is_stopped_and_the_person_signs_in_from_elsewhere(operator):
    tries = sign_in.NETWORK.tries
    assert _guess(tries + 1) == [422] * tries + [429]
    assert Client(REMOTE_ADDR="192.0.2.7").post("/login", RIGHT).status_code == 302


@pytest.mark.parametrize(
    ("one", "other", "seen"),
    [
        ("198.51.100.7", "198.51.100.200", 429),
        ("198.51.100.7", "198.51.101.7", 422),
        ("2001:db8::1", "2001:db8:0:ff:ffff::9", 429),
        ("2001:db8::1", "2001:db8:0:100::1", 422),
    ],
)
def test_another_address_of_the_same_network_gives_no_more_tries(operator, one, other, seen):
    _guess(sign_in.NETWORK.tries, Client(REMOTE_ADDR=one))
    assert _guess(1, Client(REMOTE_ADDR=other)) == [seen]


def test_many_networks_together_are_stopped_for_an_hour(operator):
    start, tries = now(), sign_in.ACCOUNT.tries
    with clock.set_to(start):
        assert _from_many_networks(tries) == [422] * tries
        refused = Client(REMOTE_ADDR="192.0.2.7").post("/login", RIGHT)
        assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
    with clock.set_to(start + timedelta(minutes=60, seconds=1)):
        assert Client(REMOTE_ADDR="192.0.2.7").post("/login", RIGHT).status_code == 302


def test_a_browser_that_is_known_is_not_locked_out_by_anybody(known):
    _from_many_networks(sign_in.ACCOUNT.tries)
    for number in range(sign_in.ADDRESS.tries):  # nor by who sits behind the same address
        _guess(1, Client(), username=f"who{number}@example.org")
    assert Client().post("/login", RIGHT).status_code == 429
    assert known.post("/login", RIGHT).status_code == 302


def test_a_known_browser_has_so_many_tries_itself_and_costs_others_none(known):
    tries = sign_in.DEVICE.tries
    assert _guess(tries + 1, known) == [422] * tries + [429]
    assert known.post("/login", RIGHT).status_code == 429
    assert Client().post("/login", RIGHT).status_code == 302


def test_a_browser_is_known_for_the_accounts_of_its_people_only(known):
    factories.user("second@example.org", awoooi="viewer")
    tries = sign_in.NETWORK.tries
    assert _guess(tries + 1, known, username="second@example.org") == [422] * tries + [429]


@pytest.mark.parametrize("forged", ["", "x", "a:b:c", "for something else"])
def test_a_cookie_that_is_not_ours_makes_no_browser_known(operator, forged):
    client = Client(REMOTE_ADDR=STRANGER)
    _guess(sign_in.NETWORK.tries)
    if forged == "for something else":
        forged = signing.dumps([operator.pk, "mine"], salt="something else")
    client.cookies[devices.COOKIE] = forged
    assert client.post("/login", RIGHT).status_code == 429


def test_a_forgotten_browser_is_a_stranger(known):
    _guess(sign_in.NETWORK.tries, Client())
    cookie = known.cookies[devices.COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/login", True, "Lax")
    assert cookie["max-age"] == 180 * 86_400
    known.cookies.pop(devices.COOKIE)
    assert known.post("/login", RIGHT).status_code == 429


def test_who_confirms_in_a_session_is_not_held_up_by_strangers_at_the_address(operator):
    client = Client()
    client.post("/login", RIGHT)
    for number in range(sign_in.ADDRESS.tries):
        _guess(1, Client(), username=f"who{number}@example.org")
    answer = client.post("/confirm?next=/profile", {"confirm_with": PASSWORD})
    assert answer.status_code == 302
