"""`manage.py deliver_outbox`."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command

from tests.runs.outbox.messages import outcome, queue


def run(*options: str) -> str:
    out = io.StringIO()
    call_command("deliver_outbox", *options, stdout=out)
    return out.getvalue()


def test_it_delivers_and_says_what_it_did(bot, chat):
    queue()
    assert run() == "1 sent.\n"
    assert run() == "Nothing was due.\n"


def test_json_for_machines(bot, chat):
    queue()
    answer = json.loads(run("--json"))
    assert answer["ok"] is True
    assert answer["results"] == outcome(sent=1)
    assert answer["channels"][0]["state"] == "ok"


def test_a_channel_that_does_not_answer_is_a_failure(bot, chat, capsys):
    queue()
    bot.stop()
    with pytest.raises(SystemExit) as ended:
        run("--json")
    assert ended.value.code == 1


def test_it_says_where_nothing_is_configured(project, settings):
    settings.OUTBOX_CHANNELS = settings.FALLBACK_NOTIFY_URLS = ()
    assert "Neither TELEGRAM_BOT_TOKEN nor FALLBACK_NOTIFY_URLS is set" in run()
