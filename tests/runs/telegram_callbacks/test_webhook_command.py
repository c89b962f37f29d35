"""`manage.py telegram_webhook`."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests.runs.outbox.bot_api import Answer

URL = "https://console.example.org/api/v1/webhooks/telegram"
pytestmark = pytest.mark.django_db


@pytest.fixture
def configured(bot, settings):
    """An installation that may register its webhook."""
    settings.PUBLIC_URL = "https://console.example.org"
    settings.TELEGRAM_WEBHOOK_SECRET = "a-secret-of-the-webhook"
    return bot


def run(*options: str) -> str:
    out = io.StringIO()
    call_command("telegram_webhook", *options, stdout=out)
    return out.getvalue()


def test_set_registers_address_and_secret(configured):
    configured.next.append(Answer(200, {"ok": True, "result": True}))
    assert run("set") == f"Telegram posts to {URL} from now on.\n"
    (call,) = configured.calls
    assert call.method == "setWebhook"
    assert call.body == {
        "url": URL,
        "secret_token": "a-secret-of-the-webhook",
        "allowed_updates": ["callback_query", "message", "my_chat_member"],
    }


def test_delete(configured):
    configured.next.append(Answer(200, {"ok": True, "result": True}))
    assert "nothing any more" in run("delete")
    assert configured.calls[0].method == "deleteWebhook"


def test_info_shows_what_waits_and_went_wrong(configured):
    info = {
        "url": URL,
        "pending_update_count": 3,
        "last_error_date": 1_700_000_000,
        "last_error_message": "Wrong response from the webhook: 403 Forbidden",
    }
    configured.next.append(Answer(200, {"ok": True, "result": info}))
    text = run("info")
    assert f"Telegram posts to {URL}; 3 updates wait." in text
    assert "403 Forbidden" in text


def test_info_fails_where_updates_go_elsewhere(configured, capsys):
    info = {"url": "https://elsewhere.example.org", "pending_update_count": 0}
    configured.next.append(Answer(200, {"ok": True, "result": info}))
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("telegram_webhook", "info", "--json", stdout=out)
    assert json.loads(out.getvalue())["is_ours"] is False


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PUBLIC_URL", "http://127.0.0.1:8000", "BASE_URL must begin with https"),
        ("TELEGRAM_WEBHOOK_SECRET", "", "TELEGRAM_WEBHOOK_SECRET is not set"),
        ("TELEGRAM_BOT_TOKEN", "", "TELEGRAM_BOT_TOKEN is not set"),
    ],
)
def test_what_is_missing_is_named(configured, settings, name, value, said):
    setattr(settings, name, value)
    with pytest.raises(CommandError, match=said):
        run("set")


def test_a_refusal_of_telegram_is_told(configured):
    configured.refuse(400, "Bad Request: bad webhook: HTTPS url must be provided")
    with pytest.raises(CommandError, match="Telegram refused: Bad Request: bad webhook"):
        run("set")
