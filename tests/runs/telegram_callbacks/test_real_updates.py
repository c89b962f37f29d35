"""Updates as Telegram sends them: each is taken, does the right thing or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from awooop.models import TelegramAccount
from runs.models import ChannelEvent, MovedChat, OutboundMessage, TelegramReply
from tests.runs.outbox.conftest import name_chat
from tests.runs.telegram_callbacks.conftest import told

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "telegram"
UPDATES = sorted(FOLDER.glob("*.json"))
pytestmark = pytest.mark.skipif(not UPDATES, reason="../shared/data/telegram is not here")


def _chats(update: dict) -> list[int]:
    parts = [part for part in update.values() if isinstance(part, dict)]
    found = [(part.get("message") or part).get("chat", {}).get("id") for part in parts]
    return [chat for chat in found if chat is not None]


@pytest.mark.parametrize("path", UPDATES, ids=lambda path: path.stem)
def test_of_a_chat_of_nobody_it_is_taken_and_does_nothing(telegram, bot, project, path):
    answer = telegram.post(path.read_bytes())
    assert (answer.status_code, answer.content) == (200, b"")
    assert not ChannelEvent.objects.exists()
    assert not OutboundMessage.objects.exists()
    assert not TelegramAccount.objects.exists()


@pytest.mark.parametrize("path", UPDATES, ids=lambda path: path.stem)
def test_of_a_project_s_chat_it_is_stored_once(telegram, bot, project, path):
    chats = _chats(json.loads(path.read_text()))
    if not chats:
        return
    name_chat("awoooi", str(chats[0]))
    assert [telegram.post(path.read_bytes()).status_code for _ in range(2)] == [200, 200]
    events = ChannelEvent.objects.filter(channel_type="telegram")
    assert sorted(event.is_duplicate for event in events) in ([False, True], [])
    assert not OutboundMessage.objects.exists()


@pytest.mark.parametrize(
    "path", [path for path in UPDATES if "callback_query" in path.name or "five" in path.name],
    ids=lambda path: path.stem,
)  # fmt: skip
def test_every_press_is_answered(telegram, bot, project, path):
    query = json.loads(path.read_text())["callback_query"]
    telegram.post(path.read_bytes())
    (reply,) = TelegramReply.objects.all()
    assert reply.callback_query_id == query["id"]
    assert told(bot) == [
        "This Telegram account is linked to nobody here. Make a code on your profile page and"
        " send it to this bot."
    ]


def test_a_group_that_moves_by_its_message_is_known_at_its_new_id(telegram, bot, project):
    update = json.loads((FOLDER / "14_group_migrate_to_supergroup.json").read_text())
    update["message"]["migrate_to_chat_id"] = -100_555
    name_chat("awoooi", str(update["message"]["chat"]["id"]))
    telegram.post(update)
    assert MovedChat.objects.get().moved_to == "-100555"
    message = {"chat": {"id": -100_555, "type": "supergroup"}, "text": "hello"}
    telegram.post({"update_id": 5, "message": message})
    assert ChannelEvent.objects.filter(project_id="awoooi").count() == 2
