"""A person is told in their own language; what the chat reads is in that of the channels."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.utils import translation

from runs.actions import telegram_updates
from runs.models import OutboundMessage
from runs.telegram.updates import Sender
from tests import factories


@contextmanager
def chosen(user, sender):
    """The language in which somebody is told."""
    caller = factories.caller_of_user(user) if user else None
    with telegram_updates._in_language_of(sender, caller):
        yield translation.get_language()


@pytest.mark.parametrize(
    ("profile", "telegram_says", "language"),
    [
        ("zh-hant", "en", "zh-hant"),
        ("", "zh-hant", "zh-hant"),
        ("", "en-GB", "en"),
        ("", "ru", "en"),
        ("", "", "en"),
    ],
)
def test_the_profile_s_language_then_telegram_s_then_english(
    operator, profile, telegram_says, language
):
    operator.language = profile
    with chosen(operator, Sender(1, language=telegram_says)) as found:
        assert found == language


def test_a_stranger_has_the_language_that_telegram_says(project):
    with chosen(None, Sender(1, language="zh-hant")) as found:
        assert found == "zh-hant"


def test_the_chat_reads_its_own_language(telegram, linked, operator, approval, card, monkeypatch):
    from runs.selectors import callback_texts

    operator.language = "zh-hant"
    operator.save()
    seen = []
    monkeypatch.setattr(
        callback_texts, "detail", lambda about: seen.append(translation.get_language()) or "x"
    )
    telegram.press(card, "detail", linked)
    assert seen == ["en"]


@pytest.fixture
def spoken(monkeypatch) -> list[str]:
    """The languages in which details are worded."""
    from runs.selectors import callback_texts

    seen: list[str] = []
    monkeypatch.setattr(
        callback_texts, "detail", lambda about: seen.append(translation.get_language()) or "x"
    )
    return seen


def test_a_projects_chat_reads_the_projects_language(telegram, linked, approval, card, spoken):
    project = approval.project
    project.message_language = "zh-hant"
    project.save()
    card.language = ""
    card.save()
    telegram.press(card, "detail", linked)
    assert spoken == ["zh-hant"]


def test_in_a_chat_of_their_own_a_person_reads_their_language(
    telegram, linked, operator, approval, card, spoken
):
    operator.language = "zh-hant"
    operator.save()
    card.recipient = "424242"
    card.save()
    telegram.press(card, "detail", linked)
    assert spoken == ["zh-hant"]
    assert OutboundMessage.objects.get(message_type="callback_reply").language == "zh-hant"
