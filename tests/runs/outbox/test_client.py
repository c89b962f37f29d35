"""The client of the Bot API, against a server that answers as its documentation says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runs.telegram import errors
from runs.telegram.client import Client
from tests.runs.outbox.bot_api import TOKEN, Answer

RESPONSES = Path(__file__).resolve().parents[4] / "shared" / "data" / "telegram" / "responses"


@pytest.fixture
def client(bot):
    return Client(TOKEN, bot.url, connect_s=1, read_s=0.3)


def test_a_message_is_sent_as_html_without_link_previews(bot, client):
    sent = client.send_message(-100123, "<b>a</b>", reply_markup={"inline_keyboard": []})
    assert (sent.message_id, sent.chat_id) == (1001, -100123)
    (call,) = bot.calls
    assert call.method == "sendMessage"
    assert call.body["parse_mode"] == "HTML"
    assert call.body["link_preview_options"] == {"is_disabled": True}
    assert call.body["chat_id"] == -100123


REFUSALS = [
    (403, "Forbidden: bot was blocked by the user", errors.Permanent),
    (403, "Forbidden: user is deactivated", errors.Permanent),
    (403, "Forbidden: bot was kicked from the supergroup chat", errors.Permanent),
    (403, "Forbidden: the group chat was deleted", errors.Permanent),
    (400, "Bad Request: chat not found", errors.Permanent),
    (400, "Bad Request: group chat was deactivated", errors.Permanent),
    (400, "Bad Request: can't parse entities: unclosed tag", errors.Rejected),
    (409, "Conflict: terminated by other getUpdates request", errors.Rejected),
    (401, "Unauthorized", errors.BadToken),
    (404, "Not Found", errors.BadToken),
    (500, "Internal Server Error", errors.ServerFault),
    (502, "Bad Gateway", errors.ServerFault),
]


@pytest.mark.parametrize(("status", "description", "kind"), REFUSALS)
def test_refusals_are_told_apart(bot, client, status, description, kind):
    bot.refuse(status, description)
    with pytest.raises(errors.TelegramError) as caught:
        client.send_message(1, "a")
    assert type(caught.value) is kind
    assert caught.value.description == description


def test_a_limit_says_how_long_to_be_quiet(bot, client):
    bot.refuse(429, "Too Many Requests: retry after 17", retry_after=17)
    with pytest.raises(errors.RateLimited) as caught:
        client.send_message(1, "a")
    assert caught.value.retry_after == 17


def test_a_limit_without_parameters_is_read_from_its_words(bot, client):
    bot.refuse(429, "Too Many Requests: retry after 8")
    with pytest.raises(errors.RateLimited) as caught:
        client.send_message(1, "a")
    assert caught.value.retry_after == 8


def test_a_group_that_became_a_supergroup_says_its_new_id(bot, client):
    text = "Bad Request: group chat was upgraded to a supergroup chat"
    bot.refuse(400, text, migrate_to_chat_id=-1009876543210)
    with pytest.raises(errors.Migrated) as caught:
        client.send_message(-5, "a")
    assert caught.value.chat_id == -1009876543210


@pytest.mark.skipif(not RESPONSES.is_dir(), reason="no captured answers here (../shared)")
@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("error_400_migrate_and_retry.json", 400, errors.Migrated),
        ("error_400_migrate_and_retry.json", 200, errors.Migrated),
        ("error_blocked_by_user.json", 403, errors.Permanent),
        ("error_blocked_by_user.json", 200, errors.Permanent),
    ],
)
def test_captured_refusals_are_understood(bot, client, name, status, kind):
    bot.next.append(Answer(status, json.loads((RESPONSES / name).read_text())))
    with pytest.raises(kind) as caught:
        client.send_message(1, "a")
    if kind is errors.Migrated:
        assert (caught.value.chat_id, caught.value.retry_after) == (1234567890, 421)


@pytest.mark.skipif(not RESPONSES.is_dir(), reason="no captured answers here (../shared)")
def test_a_captured_ok_is_understood(bot, client):
    bot.next.append(Answer(200, json.loads((RESPONSES / "ok_true.json").read_text())))
    assert client.answer_callback_query("1", "Approved") is True


def test_no_server_means_that_nothing_arrived(bot, client):
    bot.stop()
    with pytest.raises(errors.Unreachable):
        client.send_message(1, "a")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(hangs=True),
        Answer(breaks=True),
        Answer(200, raw=b"<html>"),
        Answer(200, raw=b"[]"),
        Answer(200, raw=b"x" * ((1 << 20) + 1)),
        Answer(200, {"ok": True, "result": True}),
    ],
    ids=["silence", "broken off", "no json", "no object", "too long", "no message"],
)
def test_an_answer_that_says_nothing_leaves_the_outcome_unknown(bot, client, answer):
    bot.next.append(answer)
    with pytest.raises(errors.Unanswered):
        client.send_message(1, "a")


def test_a_proxys_error_page_is_a_fault_of_the_server(bot, client):
    bot.next.append(Answer(502, raw=b"<html>Bad Gateway</html>"))
    with pytest.raises(errors.ServerFault):
        client.send_message(1, "a")


def test_a_redirect_is_not_followed(bot, client):
    bot.next.append(Answer(302, raw=b"elsewhere"))
    with pytest.raises(errors.TelegramError):
        client.send_message(1, "a")
    assert len(bot.calls) == 1


def test_no_error_shows_the_token(bot, client):
    bot.refuse(400, f"Bad Request: /bot{TOKEN}/sendMessage is wrong")
    with pytest.raises(errors.Rejected) as refused:
        client.send_message(1, "a")
    bot.stop()
    with pytest.raises(errors.Unreachable) as unreachable:
        client.send_message(1, "a")
    for caught in (refused.value, unreachable.value):
        assert TOKEN not in f"{caught!r} {caught.description}"
        assert caught.__suppress_context__ or caught.__context__ is None


def test_an_edit_to_the_same_text_is_no_error(bot, client):
    bot.refuse(400, "Bad Request: message is not modified: specified new message content is same")
    assert client.edit_message_text(1, 77, "a").message_id == 77


def test_a_press_that_is_answered_too_late_is_no_error(bot, client):
    bot.refuse(400, "Bad Request: query is too old and response timeout expired")
    assert client.answer_callback_query("1", "x" * 500) is False
    assert len(bot.calls[0].body["text"]) == 200


def test_no_log_shows_the_token(bot, client, caplog):
    caplog.set_level("DEBUG")
    client.send_message(1, "a")
    bot.stop()
    with pytest.raises(errors.Unreachable):
        client.send_message(1, "a")
    assert TOKEN not in caplog.text
