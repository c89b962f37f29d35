"""The switch of languages: for guests by this browser, for people on their profile too."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from tests.i18n.test_language import ENGLISH, TAIWAN, body, speaks

COOKIE = settings.LANGUAGE_COOKIE_NAME
pytestmark = pytest.mark.django_db


def test_a_guest_reads_the_login_page_in_the_language_chosen_there():
    guest = Client()
    shown = guest.get("/login?next=/awooop/runs", **ENGLISH)
    assert 'value="/login?next=/awooop/runs"' in body(shown)
    chosen = {"language": "zh-hant", "next": "/login?next=/awooop/runs"}
    answer = guest.post("/language", chosen, **ENGLISH)
    assert (answer.status_code, answer["Location"]) == (302, "/login?next=/awooop/runs")
    assert "登入" in body(guest.get("/login", **ENGLISH))
    cookie = answer.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_a_guests_choice_holds_for_error_pages_and_after_signing_in(operator):
    guest = Client()
    guest.post("/language", {"language": "zh-hant"}, **ENGLISH)
    guest.force_login(operator)
    assert '<html lang="zh-hant">' in body(guest.get("/awooop/contracts", **ENGLISH))
    assert "回首頁" in body(guest.get("/no-such-page", **ENGLISH))


def test_a_persons_choice_is_kept_on_the_profile(page, operator):
    answer = page.post("/language", {"language": "zh-hant", "next": "/awooop/contracts"}, **ENGLISH)
    assert answer["Location"] == "/awooop/contracts"
    operator.refresh_from_db()
    assert operator.language == "zh-hant"
    assert "沒有契約" in body(page.get("/awooop/contracts", **ENGLISH))


def test_the_profile_can_go_back_to_what_the_browser_asks_for(page, operator):
    page.post("/language", {"language": "en"}, **TAIWAN)
    page.post("/profile", {"language": "", "time_zone": "UTC"}, **TAIWAN)
    operator.refresh_from_db()
    assert operator.language == ""
    assert '<html lang="zh-hant">' in body(page.get("/awooop/contracts", **TAIWAN))


def test_one_persons_choice_is_not_anothers(page, operator):
    speaks(operator, "en")
    Client().post("/language", {"language": "zh-hant"})
    operator.refresh_from_db()
    assert operator.language == "en"


@pytest.mark.parametrize("wrong", ["", "tlh", "zh_Hant", "en\0", "x" * 5_000, "<b>"])
def test_an_unknown_language_is_refused_by_name(page, operator, wrong):
    answer = page.post("/language", {"language": wrong}, **ENGLISH)
    assert answer.status_code == 422
    assert "<code>language</code>" in body(answer) or "\0" in wrong
    assert COOKIE not in answer.cookies
    operator.refresh_from_db()
    assert operator.language == ""


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil", ""]
)
def test_it_never_leads_to_another_site(elsewhere):
    answer = Client().post("/language", {"language": "en", "next": elsewhere})
    assert answer["Location"] == "/"


def test_looking_at_it_changes_nothing(page):
    answer = page.get("/language?language=zh-hant")
    assert answer.status_code == 405
    assert COOKIE not in answer.cookies


def test_the_account_menu_says_which_language_is_spoken(page, operator):
    speaks(operator, "zh-hant")
    shown = body(page.get("/awooop/contracts", {"project_id": "awoooi"}))
    assert '<form class="menu-head" method="post" action="/language">' in shown
    assert 'value="zh-hant" lang="zh-hant" aria-pressed="true"' in shown
    assert 'name="next" value="/awooop/contracts?project_id=awoooi"' in shown


def test_a_page_that_only_takes_posts_is_not_gone_back_to(page):
    shown = page.post("/profile", {"language": "en", "time_zone": "nowhere"})
    assert shown.status_code == 422
    assert 'name="next" value="/"' in body(shown)


def test_a_switch_needs_the_forms_token(operator):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(operator)
    assert strict.post("/language", {"language": "zh-hant"}).status_code == 403
    operator.refresh_from_db()
    assert operator.language == ""


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [("en", "1 decision", "2 decisions"), ("zh-hant", "1 項決定", "2 項決定")],
)
def test_plurals_are_right_in_both(page, operator, key, language, one, two):
    from tests import factories

    speaks(operator, language)
    for said in (one, two):
        factories.waiting(key)
        assert said in body(page.get("/"))


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_numbers_and_dates_read_the_same_in_both(operator, language):
    from datetime import UTC, datetime

    from django.utils import timezone, translation

    from awooop.templatetags import charts, ui

    with translation.override(language), timezone.override("Asia/Taipei"):
        assert ui.number(1234567.5) == "1,234,567.5"
        assert ui.percent(0.1234) == "12.3 %"
        assert charts.amount(1234.5, "usd") == "$1,234.50"
        assert "2026-11-21 00:30:00" in ui.moment(datetime(2026, 11, 20, 16, 30, tzinfo=UTC))


@pytest.mark.parametrize("asked", [TAIWAN, ENGLISH])
def test_each_language_is_named_in_its_own(asked):
    shown = body(Client().get("/login", **asked))
    assert ">English</button>" in shown
    assert ">繁體中文</button>" in shown
