"""How often a key may ask: counted once for all processes, told in headers, refused with a date."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import RequestFactory

from awooop import callers, clock, rate_limits, tenancy
from awooop.actions import api_keys
from awooop.errors import Invalid, NotAllowed
from awooop.models import ApiKey, RateBucket
from tests import factories

PATH = "/api/v1/platform/tenants"


def _key(text: str) -> ApiKey:
    with tenancy.registry():
        return ApiKey.objects.get(prefix=text.split("_")[1])


def _ask(text: str, path: str = PATH) -> rate_limits.Taken | None:
    return rate_limits.take(RequestFactory().get(path, headers={"Authorization": f"Bearer {text}"}))


@pytest.fixture
def limited(project, settings):
    """The text of a key with three requests a second."""
    settings.API_RATE_LIMIT = 3
    text = factories.api_key()
    rate_limits.begin(_key(text))
    return text


def test_so_many_at_once_and_no_more(limited):
    with clock.set_to(clock.now()):
        answers = [_ask(limited).is_allowed for _ in range(7)]
    assert answers == [True] * 5 + [False] * 2  # one of the six was the request that began it


def test_tokens_come_back_with_time_up_to_the_burst(limited):
    start = clock.now()
    with clock.set_to(start):
        while _ask(limited).is_allowed:
            pass
        assert _ask(limited).retry_after == 1
    with clock.set_to(start + timedelta(seconds=1)):
        assert [_ask(limited).is_allowed for _ in range(4)] == [True, True, True, False]
    with clock.set_to(start + timedelta(hours=1)):
        assert [_ask(limited).is_allowed for _ in range(7)].count(True) == 6


def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing(limited):
    with clock.set_to(clock.now() - timedelta(hours=1)):
        assert [_ask(limited).is_allowed for _ in range(7)].count(True) == 5


def test_a_slow_key_is_told_for_how_long(project, settings):
    settings.API_RATE_LIMIT = 1
    text = factories.api_key()
    RateBucket.objects.create(key_hash=_key(text).hash, tokens=0, at=clock.now())
    taken = rate_limits.Taken(False, -3.2, 1)
    assert taken.retry_after == 5


def test_who_has_not_the_secret_empties_nothing(limited):
    forged = limited[:-4] + "abcd"
    assert _ask(forged) is None
    assert _ask(limited).is_allowed
    assert RateBucket.objects.count() == 1


def test_alerts_are_not_counted(limited):
    assert _ask(limited, "/api/v1/webhooks/alertmanager") is None


def test_zero_is_any_number(project, settings):
    settings.API_RATE_LIMIT = 0
    text = factories.api_key()
    rate_limits.begin(_key(text))
    assert _ask(text) is None


def test_a_limit_of_its_own_comes_before_the_default(project, settings):
    settings.API_RATE_LIMIT = 1
    text = factories.api_key(rate_limit=50)
    rate_limits.begin(_key(text))
    assert _ask(text).rate == 50


def test_a_changed_limit_holds_from_the_next_request(limited):
    by = callers.system("tests", ["awoooi"])
    api_keys.limit(by=by, key=_key(limited), rate_limit=9)
    assert _ask(limited) is None
    rate_limits.begin(_key(limited))
    assert _ask(limited).rate == 9
    for wrong in (-1, rate_limits.AT_MOST + 1):
        with pytest.raises(Invalid):
            api_keys.limit(by=by, key=_key(limited), rate_limit=wrong)


def test_only_administrators_set_it(limited):
    operator = factories.caller_of_user(factories.user("o@example.org", awoooi="operator"))
    with pytest.raises(NotAllowed):
        api_keys.limit(by=operator, key=_key(limited), rate_limit=9)


def test_a_successor_has_the_limit_of_the_key_before(project):
    by = callers.system("tests", ["awoooi"])
    made, _ = api_keys.rotate(by=by, key=_key(factories.api_key(rate_limit=7)))
    assert made.rate_limit == 7


def test_the_table_costs_no_wait_for_the_disk(project):
    with connection.cursor() as cursor:
        cursor.execute("select relpersistence from pg_class where relname = 'awooop_ratebucket'")
        assert cursor.fetchone()[0] == "u"


# --- over HTTP, in transactions of their own --------------------------------------------------


def test_too_many_are_told_when_to_come_again(truncatable, settings):
    settings.API_RATE_LIMIT = 1
    factories.project("awoooi")
    api = factories.ApiClient(factories.api_key())
    answers = [api.get("/platform/tenants") for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 429, 429]
    refused = answers[-1]
    assert (refused["Retry-After"], refused.json()["code"]) == ("1", "rate_limited")
    assert refused["RateLimit-Policy"] == '"key";q=2;w=2'
    assert refused["RateLimit"].startswith('"key";r=0;t=')


def test_a_refused_verdict_is_no_verdict(truncatable, settings):
    settings.API_RATE_LIMIT = 1
    factories.project("awoooi")
    api = factories.ApiClient(factories.api_key())
    for _ in range(4):
        answer = api.post("/platform/mcp/authorize", {})
    assert (answer.status_code, answer.json()["allowed"]) == (429, False)


def test_two_at_once_never_take_the_same_token(truncatable, settings):
    settings.API_RATE_LIMIT = 20
    factories.project("awoooi")
    text = factories.api_key()
    rate_limits.begin(_key(text))
    start, allowed = threading.Barrier(4), []

    def ask(at) -> None:
        try:
            start.wait(30)
            with clock.set_to(at):
                for _ in range(25):
                    allowed.append(_ask(text).is_allowed)
        finally:
            connection.close()

    at = clock.now()
    RateBucket.objects.update(at=at)
    threads = [threading.Thread(target=ask, args=[at]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(allowed), allowed.count(True)) == (100, 39)
