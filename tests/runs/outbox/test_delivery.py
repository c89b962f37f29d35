"""Delivery: what becomes of a message, whatever the Bot API answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from awooop import backoff, clock
from awooop.models import CounterDelta
from runs.models import OutboundMessage
from runs.outbox.delivery import deliver
from tests import factories
from tests.runs.outbox.bot_api import Answer
from tests.runs.outbox.conftest import CHAT, name_chat
from tests.runs.outbox.messages import fresh, outcome, queue

BLOCKED = "Forbidden: bot was blocked by the user"


@pytest.fixture(autouse=True)
def _steady(monkeypatch):
    monkeypatch.setattr(backoff.random, "uniform", lambda low, high: 1.0)


def later(message: OutboundMessage, **delta: float):
    """Set the clock to this long after the message's next attempt."""
    return clock.set_to(fresh(message).next_attempt_at + timedelta(**delta))


def test_a_message_goes_out_once(bot, chat):
    message = queue()
    assert deliver() == outcome(sent=1)
    assert deliver() == outcome()
    assert bot.texts() == ["Disk full on db-1"]
    assert bot.sent[0].body["chat_id"] == int(CHAT)
    kept = fresh(message)
    assert (kept.send_status, kept.provider_message_id) == ("sent", "1001")
    assert kept.sent_at is not None
    assert (kept.next_attempt_at, kept.claim, kept.send_error) == (None, None, None)


def test_what_was_due_first_goes_first(bot, chat):
    at = clock.now()
    for text, minutes in (("second", 1), ("third", 2), ("first", 0)):
        with clock.set_to(at + timedelta(minutes=minutes)):
            queue(text)
    with clock.set_to(at + timedelta(minutes=3)):
        deliver()
    assert bot.texts() == ["first", "second", "third"]


def test_a_project_with_many_does_not_keep_another_waiting(bot, chat, other_project):
    for number in range(25):
        queue(f"many {number}")
    from awooop import tenancy

    with tenancy.scope(["other"]):
        name_chat("other", "-7")
        queue("the other's", project_id="other")
    deliver()
    assert bot.texts().index("the other's") <= 10
    assert len(bot.texts()) == 26


def test_secrets_do_not_leave(bot, chat):
    message = queue()
    OutboundMessage.objects.filter(pk=message.pk).update(content="login with password=hunter2!x")
    deliver()
    assert "hunter2" not in bot.texts()[0]


def test_a_text_that_looks_like_markup_arrives_as_it_is(bot, chat):
    queue("if a<b && c>d: <script>")
    assert deliver() == outcome(sent=1)
    assert bot.texts() == ["if a<b && c>d: <script>"]


def test_a_very_long_text_arrives_with_a_link_to_all_of_it(bot, chat, settings):
    message = queue("<&>" * 5000)
    assert deliver() == outcome(sent=1)
    assert bot.texts()[0].endswith(f"{settings.PUBLIC_URL}/awooop/outbox?message_id={message.pk}")


def test_an_approval_goes_out_with_its_buttons(bot, chat, key):
    factories.waiting(key)
    assert deliver() == outcome(sent=1)
    rows = bot.sent[0].body["reply_markup"]["inline_keyboard"]
    data = [button["callback_data"] for row in rows for button in row]
    assert [each[:5] for each in data] == ["v1:a:", "v1:r:", "v1:d:", "v1:h:"]


def test_a_critical_approval_has_no_button_that_decides(bot, chat, key, settings):
    settings.PUBLIC_URL = "https://console.example.org"
    factories.waiting(key, risk_level="critical")
    deliver()
    rows = bot.sent[0].body["reply_markup"]["inline_keyboard"]
    buttons = [button for row in rows for button in row]
    assert buttons[0]["url"].startswith("https://console.example.org/awooop/approvals")
    assert not [each for each in buttons if each.get("callback_data", "")[:5] in ("v1:a:", "v1:r:")]


@pytest.mark.parametrize(
    "refusal",
    [
        (403, BLOCKED),
        (403, "Forbidden: user is deactivated"),
        (400, "Bad Request: chat not found"),
        (403, "Forbidden: bot was kicked from the group chat"),
        (403, "Forbidden: the group chat was deleted"),
    ],
)
def test_a_chat_that_is_gone_is_not_tried_again(bot, chat, refusal):
    message = queue()
    bot.refuse(*refusal)
    assert deliver() == outcome(dead=1)
    kept = fresh(message)
    assert (kept.send_status, kept.send_error) == ("dead", refusal[1])
    assert kept.next_attempt_at is None


def test_another_refusal_is_tried_five_times_ever_more_slowly(bot, chat):
    message = queue()
    bot.always = Answer(400, {"ok": False, "error_code": 400, "description": "Bad Request: odd"})
    waits = []
    for _ in range(4):
        with later(message):
            assert deliver() == outcome(failed=1)
            waits.append((fresh(message).next_attempt_at - clock.now()).total_seconds())
        assert fresh(message).send_status == "failed"
    with later(message):
        assert deliver() == outcome(dead=1)
    assert waits == [30, 120, 480, 1920]
    assert (fresh(message).send_status, fresh(message).attempt_count) == ("dead", 5)


def test_a_message_that_breaks_the_server_dies_after_five_attempts(bot, chat):
    message = queue()
    bot.always = None
    at = clock.now()
    for minute in range(90):
        if fresh(message).send_status == "queued" and not bot.next:
            bot.refuse(500, "Internal Server Error")
        with clock.set_to(at + timedelta(minutes=minute)):
            deliver()
    assert (fresh(message).send_status, fresh(message).attempt_count) == ("dead", 5)
    assert bot.count("sendMessage") == 5


def test_a_group_that_became_a_supergroup_is_readdressed_at_once_and_for_good(bot, chat):
    message = queue()
    text = "Bad Request: group chat was upgraded to a supergroup chat"
    bot.refuse(400, text, migrate_to_chat_id=-100777)
    assert deliver() == outcome(readdressed=1, sent=1)
    assert (fresh(message).recipient, fresh(message).attempt_count) == ("-100777", 1)
    queue("the next one")
    deliver()
    assert [call.body["chat_id"] for call in bot.sent] == [-100777, -100777]


def test_a_chat_that_moves_in_a_circle_does_not_keep_us_busy(bot, chat):
    message = queue()
    text = "Bad Request: group chat was upgraded to a supergroup chat"
    bot.refuse(400, text, migrate_to_chat_id=-100777)
    bot.refuse(400, text, migrate_to_chat_id=int(CHAT))
    bot.refuse(400, text, migrate_to_chat_id=-100777)
    assert deliver() == outcome(readdressed=1, failed=1)
    assert fresh(message).send_status == "failed"


def test_no_answer_in_time_is_recorded_as_an_unknown_outcome(bot, chat):
    message = queue()
    bot.next.append(Answer(hangs=True))
    assert deliver() == outcome(delayed=1)
    kept = fresh(message)
    assert (kept.send_status, kept.unknown_attempts) == ("queued", 1)
    with clock.set_to(clock.now() + timedelta(minutes=5)):
        assert deliver() == outcome(sent=1)
    kept = fresh(message)
    assert (kept.send_status, kept.unknown_attempts) == ("sent", 1)
    assert "no answer" in kept.send_error


def test_a_message_without_a_chat_waits_until_one_is_named(bot, project):
    message = queue()
    assert deliver() == outcome()
    assert fresh(message).send_status == "queued"
    name_chat("awoooi", CHAT)
    assert deliver() == outcome(sent=1)
    assert fresh(message).recipient == CHAT


def test_what_is_a_day_late_is_not_sent_any_more(bot, chat):
    message = queue()
    with later(message, hours=25):
        assert deliver() == outcome()
    assert bot.calls == []
    assert fresh(message).send_status == "dead"
    assert "more than a day" in fresh(message).send_error


def test_a_fault_of_ours_harms_no_other_message(bot, chat, monkeypatch):
    from runs.telegram import sending

    bad, good = queue("bad"), queue("good")
    real = sending.send

    def break_on_bad(client, message, chat_id):
        if message.pk == bad.pk:
            raise RuntimeError("a bug")
        return real(client, message, chat_id)

    monkeypatch.setattr(sending, "send", break_on_bad)
    assert deliver() == outcome(failed=1, sent=1)
    assert fresh(bad).send_error == "internal error (RuntimeError)"
    assert fresh(good).send_status == "sent"


def test_nothing_is_looked_at_where_nothing_is_configured(
    project, settings, django_assert_num_queries
):
    settings.OUTBOX_CHANNELS = settings.FALLBACK_NOTIFY_URLS = ()
    queue()
    with django_assert_num_queries(0):
        assert deliver() == outcome()


def test_deliveries_are_counted(bot, chat):
    queue()
    bot.refuse(403, BLOCKED)
    deliver()
    queue()
    deliver()
    found = CounterDelta.objects.filter(name="awooop_messages_delivery").order_by("id")
    assert [row.labels["result"] for row in found] == ["dead", "sent"]


def test_an_answer_that_comes_after_the_claim_ran_out_still_counts(bot, chat):
    """The first worker is slow, not dead: its success is recorded, and nothing is sent again."""
    from runs.outbox import claims, delivery, outcomes

    message = queue()
    routes = delivery._routes("awoooi")
    slow = claims.take("awoooi", routes)
    with later(message, seconds=1):
        second = claims.take("awoooi", routes)
        outcomes.sent(slow, "55")
        outcomes.failed(second, "Bad Request: odd")
        assert deliver() == outcome()
    kept = fresh(message)
    assert (kept.send_status, kept.provider_message_id) == ("sent", "55")
    assert kept.unknown_attempts == 1
