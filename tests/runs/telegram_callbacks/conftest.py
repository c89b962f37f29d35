from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from awooop.models import TelegramAccount, User
from runs.models import Approval, OutboundMessage
from runs.outbox.delivery import deliver
from runs.telegram import buttons
from tests import factories
from tests.runs.outbox.conftest import CHAT, bot, chat  # noqa: F401 - fixtures

SECRET = "a-secret-of-the-webhook"
PATH = "/api/v1/webhooks/telegram"
_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_numbers = itertools.count(100_000)


@dataclass
class Telegram:
    """Telegram's side: posts updates as it does, each with an id of its own."""

    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def post(self, update: Any, secret: str | None = SECRET) -> Any:
        """Post an update, or any other body."""
        body = update if isinstance(update, (bytes, str)) else json.dumps(update)
        headers = {_HEADER: secret} if secret is not None else {}
        return self.client.post(PATH, body, content_type="application/json", headers=headers)

    def press(self, card: OutboundMessage, action: str, user_id: int, **changes: Any) -> Any:
        """Press a button under a card that was sent."""
        answer = self.post(pressed(card, action, user_id, **changes))
        assert (answer.status_code, answer.content) == (200, b"")
        return answer

    def write(self, text: str, user_id: int, **changes: Any) -> Any:
        """Write to the bot in a private chat."""
        place = {"id": user_id, "type": "private", **changes.pop("chat", {})}
        sender = {"id": user_id, "is_bot": False, "first_name": "Nora", **changes.pop("from", {})}
        message = {"message_id": 5, "date": 1, "chat": place, "from": sender, "text": text}
        answer = self.post({"update_id": next(_numbers), "message": message, **changes})
        assert (answer.status_code, answer.content) == (200, b"")
        return answer


def pressed(card: OutboundMessage, action: str, user_id: int, **changes: Any) -> dict[str, Any]:
    """Answer the update of a press; `changes` are `data`, `chat_id`, `message_id`, `is_bot`…"""
    card.refresh_from_db()
    number = next(_numbers)
    shown = {
        "chat": {"id": changes.get("chat_id", int(card.recipient)), "type": "group"},
        "message_id": changes.get("message_id", int(card.provider_message_id or 0)),
        "date": changes.get("date", 1),
    }
    sender = {"id": user_id, "is_bot": changes.get("is_bot", False), "first_name": "Nora"}
    query = {
        "id": changes.get("query_id", f"query-{number}"),
        "from": {**sender, **changes.get("sender", {})},
        "chat_instance": "1",
        "data": changes.get("data", buttons.data_for(card.pk, action)),
        **({} if changes.get("inline") else {"message": shown}),
    }
    return {"update_id": changes.get("update_id", number), "callback_query": query}


@pytest.fixture
def telegram(settings) -> Telegram:
    """Telegram, which knows the secret of the webhook."""
    settings.TELEGRAM_WEBHOOK_SECRET = SECRET
    return Telegram()


@pytest.fixture
def linked(operator) -> int:
    """The Telegram id of the operator's linked account."""
    return link(operator, 160_000_001)


def link(user: User, telegram_user_id: int) -> int:
    """Link an account to a person, as if by a code."""
    TelegramAccount.objects.create(
        user=user, telegram_user_id=telegram_user_id, telegram_name="@nora"
    )
    return telegram_user_id


@pytest.fixture
def approval(bot, chat, key) -> Approval:  # noqa: F811
    """An approval that waits; its card is out in the operators' chat."""
    return ask(key)


def ask(key: str, **values: Any) -> Approval:
    """Make an approval whose card is out."""
    made = factories.waiting(key, **values)
    deliver()
    made.notification.refresh_from_db()
    assert made.notification.send_status == "sent"
    return made


@pytest.fixture
def card(approval) -> OutboundMessage:
    """The card of that approval."""
    return approval.notification


def told(bot) -> list[str]:  # noqa: F811
    """Have the bot say what it has to say; answers what those who pressed were told."""
    from runs.telegram import replies

    replies.deliver()
    return [call.body["text"] for call in bot.calls if call.method == "answerCallbackQuery"]


def said(bot) -> list[str]:  # noqa: F811
    """The same, of private messages."""
    from runs.telegram import replies

    replies.deliver()
    return [call.body["text"] for call in bot.sent if call.body["chat_id"] != int(CHAT)]


def audited(action: str) -> list[Any]:
    """Answer the audit records of an action, oldest first."""
    from awooop.models import AuditRecord

    return list(AuditRecord.objects.filter(action=action).order_by("project_id", "seq"))
