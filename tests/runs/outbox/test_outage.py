"""The channel itself fails, or asks for quiet: no message is lost, doubled or used up by that."""

from __future__ import annotations

from datetime import timedelta

from awooop import clock
from runs.models import ChannelHealth
from runs.outbox.delivery import deliver
from tests.runs.outbox.bot_api import Answer
from tests.runs.outbox.messages import fresh, outcome, queue


def test_a_limit_quietens_the_bot_and_costs_no_attempt(bot, chat):
    first, second = queue("first"), queue("second")
    bot.refuse(429, "Too Many Requests: retry after 40", retry_after=40)
    at = clock.now()
    with clock.set_to(at):
        assert deliver() == outcome(delayed=1)
        assert deliver() == outcome()
    assert len(bot.calls) == 1
    with clock.set_to(at + timedelta(seconds=39)):
        assert deliver() == outcome()
    with clock.set_to(at + timedelta(seconds=41)):
        assert deliver() == outcome(sent=2)
    assert [fresh(each).attempt_count for each in (first, second)] == [1, 1]


def test_an_outage_of_an_hour_loses_nothing_and_doubles_nothing(bot, chat):
    at = clock.now()
    bot.stop()
    messages = []
    for minute in range(60):
        with clock.set_to(at + timedelta(minutes=minute)):
            if minute % 6 == 0:
                messages.append(queue(f"message {minute}"))
            deliver()
    assert {fresh(each).send_status for each in messages} == {"queued"}
    bot.start()
    with clock.set_to(at + timedelta(minutes=63)):
        deliver()
    assert sorted(bot.texts()) == sorted(f"message {minute}" for minute in range(0, 60, 6))
    assert {fresh(each).send_status for each in messages} == {"sent"}
    assert {fresh(each).unknown_attempts for each in messages} == {0}
    assert max(fresh(each).attempt_count for each in messages) == 1


def test_an_hour_of_bad_gateways_kills_no_message(bot, chat):
    at = clock.now()
    bot.always = Answer(502, raw=b"<html>Bad Gateway</html>")
    messages = [queue(f"message {number}") for number in range(3)]
    for minute in range(60):
        with clock.set_to(at + timedelta(minutes=minute)):
            deliver()
    bot.always = None
    assert bot.count("sendMessage") == 1  # the rest of the hour, only `getMe` was asked
    with clock.set_to(at + timedelta(minutes=63)):
        assert deliver() == outcome(sent=3)
    assert {fresh(each).send_status for each in messages} == {"sent"}


def test_an_outage_is_probed_ever_more_slowly_but_every_two_minutes(bot, chat):
    bot.stop()
    queue()
    at = clock.now()
    with clock.set_to(at):
        deliver()
    pauses = []
    for _ in range(5):
        health = ChannelHealth.objects.get()
        with clock.set_to(health.paused_until):
            deliver()
            pauses.append((ChannelHealth.objects.get().paused_until - clock.now()).total_seconds())
    assert pauses == [30, 60, 120, 120, 120]
    assert ChannelHealth.objects.get().down_since == at


def test_a_wrong_token_kills_no_message(bot, chat, settings):
    settings.TELEGRAM_BOT_TOKEN = "1:wrong"
    message = queue()
    assert deliver() == outcome(delayed=1)
    assert (fresh(message).send_status, fresh(message).attempt_count) == ("queued", 0)
    assert fresh(message).send_error == "Unauthorized"
