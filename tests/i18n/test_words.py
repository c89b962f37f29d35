"""Moments, lengths of time, numbers and plurals read right in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.template import Context, Template
from django.utils import translation

from awooop import clock
from awooop.ui_time import left_words, relative, span

DAYS = "{% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}"


def rendered(text: str, **values) -> str:
    return Template("{% load i18n ui %}" + text).render(Context(values))


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (1, "just now", "剛剛"),
        (300, "5 min ago", "5 分鐘前"),
        (7_200, "2 h ago", "2 小時前"),
        (259_200, "3 days ago", "3 天前"),
        (-300, "in 5 min", "5 分鐘後"),
    ],
)
def test_how_long_ago(seconds, english, chinese):
    moment = clock.now() - timedelta(seconds=seconds)
    with translation.override("en"):
        assert relative(moment) == english
    with translation.override("zh-hant"):
        assert relative(moment) == chinese


def test_how_long_is_left():
    with translation.override("zh-hant"):
        assert left_words(timedelta(minutes=4, seconds=5)) == "剩 4:05"
        assert left_words(timedelta(hours=3)) == "剩 3 小時"
        assert left_words(timedelta(0)) == "已到期"


def test_chinese_has_one_form_for_one_and_many():
    with translation.override("zh-hant"):
        assert [span(86_400 * n) for n in (2, 3)] == ["2 天", "3 天"]
        assert [rendered(DAYS, n=n) for n in (1, 2)] == ["1 天", "2 天"]


def test_english_has_two():
    with translation.override("en"):
        assert [rendered(DAYS, n=n) for n in (1, 2)] == ["1 day", "2 days"]


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_numbers_and_shares_read_the_same_in_both(language):
    with translation.override(language):
        assert rendered("{{ n|number }}", n=12_345) == "12,345"
        assert rendered("{{ n|percent:0 }}", n=0.25).replace("\xa0", " ") == "25 %"
