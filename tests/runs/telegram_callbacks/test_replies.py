"""The bot's answers: said after the decision, at most once for long, never an error."""

from __future__ import annotations

from datetime import timedelta

from awooop import clock
from runs.models import TelegramReply
from runs.telegram import replies
from tests.runs.telegram_callbacks.conftest import told


def test_what_was_said_is_gone(bot, project):
    replies.to_press("q1", "Hello", is_alert=True)
    assert replies.deliver() == 1
    assert not TelegramReply.objects.exists()
    (call,) = bot.calls
    assert call.body == {"callback_query_id": "q1", "text": "Hello", "show_alert": True}


def test_an_answer_is_cut_at_200_characters(bot, project):
    replies.to_press("q1", "é" * 300)
    (text,) = told(bot)
    assert (len(text), text[-1]) == (200, "…")


def test_an_answer_that_comes_too_late_is_no_error(bot, project):
    replies.to_press("q1", "Hello")
    bot.refuse(
        400, "Bad Request: query is too old and response timeout expired or query id is invalid"
    )
    assert replies.deliver() == 0
    assert not TelegramReply.objects.exists()


def test_it_is_said_when_telegram_is_back(bot, project):
    replies.to_press("q1", "Hello")
    bot.stop()
    assert replies.deliver() == 0
    bot.start()
    with clock.set_to(clock.now() + timedelta(minutes=1)):
        assert replies.deliver() == 1


def test_it_waits_as_long_as_telegram_asks(bot, project):
    replies.to_press("q1", "Hello")
    bot.refuse(429, "Too Many Requests: retry after 30", retry_after=30)
    at = clock.now()
    assert replies.deliver() == 0
    with clock.set_to(at + timedelta(seconds=25)):
        assert replies.deliver() == 0
    with clock.set_to(at + timedelta(seconds=40)):
        assert replies.deliver() == 1


def test_what_is_refused_is_given_up(bot, project):
    replies.to_chat(5, "Hello")
    bot.refuse(403, "Forbidden: bot was blocked by the user")
    assert replies.deliver() == 0
    assert not TelegramReply.objects.exists()


def test_three_attempts_are_enough(bot, project):
    replies.to_press("q1", "Hello")
    bot.stop()
    at = clock.now()
    for minutes in range(3):
        with clock.set_to(at + timedelta(minutes=minutes)):
            replies.deliver()
    assert not TelegramReply.objects.exists()


def test_an_old_answer_is_not_sent(bot, project):
    replies.to_press("q1", "Hello")
    with clock.set_to(clock.now() + timedelta(minutes=11)):
        assert replies.deliver() == 0
    assert bot.calls == []
    assert not TelegramReply.objects.exists()


def test_without_a_bot_nothing_is_kept(project, settings):
    settings.OUTBOX_CHANNELS = ()
    replies.to_press("q1", "Hello")
    assert not TelegramReply.objects.exists()


def test_the_cluster_s_task_says_them(bot, project):
    from runs import tasks

    replies.to_press("q1", "Hello")
    assert tasks.deliver_outbox()["answered"] == 1


def test_text_is_escaped_for_a_chat(bot, project):
    replies.to_chat(5, "a < b & c")
    assert replies.deliver() == 1
    assert bot.texts() == ["a < b & c"]
