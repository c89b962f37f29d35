"""`manage.py telegram_webhook set|delete|info`: where Telegram posts the presses of buttons to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from awooop.errors import Conflict, Unavailable
from awooop.management.base import Report, ReportCommand
from runs.telegram import client as telegram
from runs.telegram.client import Client
from runs.telegram.errors import TelegramError

# Presses, texts (a code to link by, a group that moves), and whether the bot was removed.
ALLOWED = ["callback_query", "message", "my_chat_member"]
_PATH = "/api/v1/webhooks/telegram"


class Command(ReportCommand):
    """Register, remove or look at the webhook."""

    help = "Register the webhook with the Bot API (set), remove it (delete), or look at it (info)."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do."""
        super().add_arguments(parser)
        parser.add_argument("what", choices=["set", "delete", "info"])

    def report(self, *, what: str, **options: Any) -> Report:
        """Do it; raises Conflict where the settings do not allow it, Unavailable where Telegram
        refuses."""
        client = telegram.configured()
        if client is None:
            raise Conflict("TELEGRAM_BOT_TOKEN is not set.", code="not_configured")
        try:
            return {"set": _set, "delete": _delete, "info": _info}[what](client)
        except TelegramError as error:
            raise Unavailable(f"Telegram refused: {error.description}") from None


def webhook_url() -> str:
    """Answer the address that Telegram is to post to."""
    return f"{settings.PUBLIC_URL}{_PATH}"


def _set(client: Client) -> Report:
    if not settings.TELEGRAM_WEBHOOK_SECRET:
        raise Conflict("TELEGRAM_WEBHOOK_SECRET is not set.", code="not_configured")
    if not settings.PUBLIC_URL.startswith("https://"):
        raise Conflict("BASE_URL must begin with https: Telegram posts to nothing else.")
    client.set_webhook(webhook_url(), settings.TELEGRAM_WEBHOOK_SECRET, ALLOWED)
    return Report([f"Telegram posts to {webhook_url()} from now on."], {"url": webhook_url()})


def _delete(client: Client) -> Report:
    client.delete_webhook()
    return Report(["Telegram posts nothing any more: buttons do nothing."])


def _info(client: Client) -> Report:
    info = client.get_webhook_info()
    url, waiting = str(info.get("url") or ""), info.get("pending_update_count", 0)
    is_ours = url == webhook_url()
    lines = [f"Telegram posts to {url or 'nowhere'}; {waiting} updates wait."]
    if not is_ours:
        lines.append(f"It should be {webhook_url()}: run `manage.py telegram_webhook set`.")
    error = str(info.get("last_error_message") or "")
    if error:
        lines.append(f"Last error, {_when(info.get('last_error_date'))}: {error}")
    data = {"url": url, "is_ours": is_ours, "pending_update_count": waiting, "last_error": error}
    return Report(lines, data, ok=is_ours)


def _when(seconds: Any) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat() if isinstance(seconds, int) else "?"
