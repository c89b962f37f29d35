"""The fallback: what no chat takes is told another way, once."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from awooop import clock
from runs.actions import outbox
from runs.outbox.delivery import deliver
from runs.outbox.routes import fallback_urls
from tests import factories
from tests.runs.outbox.messages import fresh, outcome, queue

BLOCKED = "Forbidden: bot was blocked by the user"


class Pager:
    """What an Apprise `json://` URL posts to."""

    def __init__(self) -> None:
        self.got: list[dict] = []
        self.status = 200
        pager = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                pager.got.append(json.loads(self.rfile.read(length)))
                self.send_response(pager.status)
                self.end_headers()

            def log_message(self, *_) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"json://127.0.0.1:{self.server.server_address[1]}/"


@pytest.fixture
def pager(settings):
    made = Pager()
    settings.FALLBACK_NOTIFY_URLS = (made.url,)
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def no_bot(settings):
    settings.OUTBOX_CHANNELS, settings.TELEGRAM_BOT_TOKEN = (), ""


def test_a_dead_message_is_told_once(bot, chat, pager):
    message = queue("Disk full\non db-1")
    bot.refuse(403, BLOCKED)
    assert deliver() == outcome(dead=1, fallback=1)
    assert deliver() == outcome()
    (told,) = pager.got
    assert told["title"] == "Disk full"
    assert told["message"].startswith("on db-1")
    assert f"/awooop/outbox?message_id={message.pk}" in told["message"]
    kept = fresh(message)
    assert (kept.send_status, kept.send_error) == ("dead", BLOCKED)
    assert kept.fallback_sent_at is not None


def test_without_a_bot_the_fallback_tells(no_bot, project, pager):
    message = queue()
    assert deliver() == outcome(fallback=1)
    kept = fresh(message)
    assert (kept.send_status, len(pager.got)) == ("dead", 1)
    assert kept.send_error == "no channel 'telegram' is configured"


def test_a_project_without_a_chat_is_told_by_the_fallback(bot, project, pager):
    queue()
    assert deliver() == outcome(fallback=1)
    assert bot.calls == []


def test_secrets_do_not_leave_by_the_fallback_either(no_bot, project, pager):
    from runs.models import OutboundMessage

    message = queue()
    OutboundMessage.objects.filter(pk=message.pk).update(content="a\npassword=hunter2!x")
    deliver()
    assert "hunter2" not in json.dumps(pager.got)


def test_a_fallback_that_fails_is_tried_again_up_to_five_times(no_bot, project, pager):
    pager.status = 500
    message = queue()
    assert deliver() == outcome(fallback_failed=1)
    for _ in range(4):
        with clock.set_to(fresh(message).next_attempt_at):
            assert deliver() == outcome(fallback_failed=1)
    kept = fresh(message)
    assert (kept.next_attempt_at, kept.fallback_sent_at, len(pager.got)) == (None, None, 5)
    assert kept.send_error.count("the fallback failed") == 1


def test_one_url_that_works_is_enough(no_bot, project, pager, settings):
    settings.FALLBACK_NOTIFY_URLS = ("json://127.0.0.1:9/", "nonsense://x", pager.url)
    queue()
    assert deliver() == outcome(fallback=1)
    assert len(pager.got) == 1


def test_a_plugin_that_breaks_is_a_failure_and_no_more(no_bot, project, pager, monkeypatch, caplog):
    import apprise

    def explode(*args, **kwargs):
        raise ValueError(pager.url)

    monkeypatch.setattr(apprise.Apprise, "notify", explode)
    queue()
    assert deliver() == outcome(fallback_failed=1)
    assert pager.url not in caplog.text


def test_a_url_may_be_for_one_project_only(settings):
    settings.FALLBACK_NOTIFY_URLS = ("ntfy://all?a=b", "awoooi=ntfy://own", "other=ntfy://x")
    assert fallback_urls("awoooi") == ("ntfy://all?a=b", "ntfy://own")


def test_without_a_fallback_a_dead_message_stays_visible(bot, chat):
    message = queue()
    bot.refuse(403, BLOCKED)
    assert deliver() == outcome(dead=1)
    assert fresh(message).next_attempt_at is None


def test_a_fallback_that_is_set_up_later_does_not_tell_old_news(bot, chat, pager, settings):
    urls, settings.FALLBACK_NOTIFY_URLS = settings.FALLBACK_NOTIFY_URLS, ()
    queue()
    bot.refuse(403, BLOCKED)
    deliver()
    settings.FALLBACK_NOTIFY_URLS = urls
    assert deliver() == outcome()
    assert pager.got == []


def test_a_retry_that_fails_does_not_page_twice(bot, chat, pager, operator):
    message = queue()
    bot.refuse(403, BLOCKED)
    deliver()
    outbox.retry(by=factories.caller_of_user(operator), message_id=message.pk)
    bot.refuse(403, BLOCKED)
    assert deliver() == outcome(dead=1)
    assert len(pager.got) == 1
