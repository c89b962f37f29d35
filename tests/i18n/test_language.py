"""Which language is spoken to whom: the person's own, else the browser's; the API's is English."""

from __future__ import annotations

import pytest
from django.test import Client

TAIWAN = {"HTTP_ACCEPT_LANGUAGE": "zh-TW,zh;q=0.9,en;q=0.8"}
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en-US,en;q=0.9"}
pytestmark = pytest.mark.django_db


def body(response) -> str:
    return response.content.decode()


def speaks(user, language: str) -> None:
    user.language = language
    user.save(update_fields=["language"])


def test_the_login_page_speaks_what_the_browser_asks_for():
    shown = Client().get("/login", **TAIWAN)
    assert shown["Content-Language"] == "zh-hant"
    assert '<html lang="zh-hant">' in body(shown)
    assert "登入" in body(shown)
    assert "Sign in" not in body(shown)


@pytest.mark.parametrize("asked", ["zh-TW", "zh-HK", "zh", "zh-Hant-TW"])
def test_every_kind_of_traditional_chinese_is_understood(asked):
    shown = Client().get("/login", HTTP_ACCEPT_LANGUAGE=asked)
    assert shown["Content-Language"] == "zh-hant"


def test_who_asks_for_another_language_reads_english():
    shown = Client().get("/login", HTTP_ACCEPT_LANGUAGE="fi")
    assert '<html lang="en">' in body(shown)
    assert "Sign in" in body(shown)


def test_a_page_follows_the_browser_where_the_person_chose_nothing(page):
    assert "沒有契約" in body(page.get("/awooop/contracts", **TAIWAN))
    assert "No contracts" in body(page.get("/awooop/contracts", **ENGLISH))


def test_the_persons_own_choice_wins_over_the_browsers(page, operator):
    speaks(operator, "zh-hant")
    shown = page.get("/awooop/contracts", **ENGLISH)
    assert '<html lang="zh-hant">' in body(shown)
    assert "沒有契約" in body(shown)
    speaks(operator, "en")
    assert "No contracts" in body(page.get("/awooop/contracts", **TAIWAN))


def test_the_choice_is_made_on_the_profile_page(page, operator):
    values = {"language": "zh-hant", "time_zone": "Asia/Taipei"}
    answer = page.post("/profile", values, follow=True, **ENGLISH)
    assert "已儲存。" in body(answer)
    assert "頁面顯示方式" in body(answer)


def test_one_persons_language_is_not_the_next_ones(page, operator):
    speaks(operator, "zh-hant")
    page.get("/awooop/contracts")
    assert "Sign in" in body(Client().get("/login"))


def test_a_refusal_is_read_in_the_persons_language(page, operator):
    speaks(operator, "zh-hant")
    shown = page.get("/awooop/contracts", {"project_id": "elsewhere"})
    assert shown.status_code == 404
    assert "沒有這個專案，或您不能檢視。" in body(shown)


def test_the_api_answers_in_english_to_everyone(api, key, project):
    path = "/api/v1/platform/runs/00000000-0000-4000-8000-000000000000"
    answer = Client().get(path, HTTP_AUTHORIZATION=f"Bearer {key}", **TAIWAN)
    assert answer.status_code == 404
    assert answer.json()["detail"] == "No such run, or none that you may see."
