"""Addresses and constant texts that are made once mean what Django's own would."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from awooop import paths

_RUN = uuid4()


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("home", ()),
        ("run-detail", (_RUN,)),
        ("run-detail", (str(_RUN),)),
        ("incident-detail", ("INC-20261121-7QX2",)),
        ("incident-detail", ("a word & more",)),
    ],
)
def test_a_path_is_what_reverse_answers(name, given):
    assert paths.path(name, *given) == reverse(name, args=given)


@pytest.mark.parametrize(
    ("name", "given"),
    [("nowhere", ()), ("run-detail", ("no-uuid",)), ("incident-detail", ("a/b",))],
)
def test_a_path_that_there_is_not_is_refused_each_time(name, given):
    for _ in range(2):
        with pytest.raises(NoReverseMatch):
            paths.path(name, *given)


def _rendered(text: str, **values: object) -> str:
    return Template("{% load i18n ui %}" + text).render(Context(values))


def test_a_constant_text_is_said_in_the_language_of_each_reader():
    template = Template('{% load i18n ui %}{% translate "Runs" %}')
    said = {}
    for language in ("en", "zh-hant", "en"):
        with translation.override(language):
            said[language] = template.render(Context())
    assert said["en"] == "Runs"
    assert said["zh-hant"] != "Runs"


def test_a_text_that_differs_is_translated_each_time():
    with translation.override("en"):
        assert _rendered("{% translate word %}", word="Runs") == "Runs"
        assert _rendered('{% translate "Runs" as word %}[{{ word }}]') == "[Runs]"
        assert _rendered('{% translate "100%" %}') == "100%"


def test_an_address_may_be_kept_in_a_variable_or_be_none():
    assert _rendered('{% url "home" as there %}[{{ there }}]') == "[/]"
    assert _rendered('{% url "nowhere" as there %}[{{ there }}]') == "[]"
    assert _rendered('{% url "run-detail" run_id=run %}', run=_RUN) == reverse(
        "run-detail", args=[_RUN]
    )
    with pytest.raises(NoReverseMatch):
        _rendered('{% url "nowhere" %}')
