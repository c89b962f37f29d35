from __future__ import annotations

import pytest

from runs.telegram import client
from tests.runs.outbox.bot_api import TOKEN, BotApi

CHAT = "-1001234567890"


@pytest.fixture
def bot(settings, monkeypatch):
    """A Bot API server; the installation is set up to use it."""
    monkeypatch.setattr(client, "READ_S", 0.3)
    server = BotApi()
    server.start()
    settings.TELEGRAM_API_URL = server.url
    settings.TELEGRAM_BOT_TOKEN = TOKEN
    settings.OUTBOX_CHANNELS = ("telegram",)
    settings.FALLBACK_NOTIFY_URLS = ()
    yield server
    server.stop()


@pytest.fixture
def chat(project):
    """The operators' chat of the project, named by its channel contract."""
    name_chat("awoooi", CHAT)
    return CHAT


def name_chat(project_id: str, chat_id: str, version: int = 1) -> None:
    """Let the project's channel contract name the chat, from this version on."""
    from awooop.models import ContractRevision

    earlier = ContractRevision.objects.filter(project_id=project_id, contract_id="telegram")
    earlier.update(lifecycle_status="deprecated")
    ContractRevision.objects.create(
        project_id=project_id,
        contract_id="telegram",
        contract_family="channel",
        lifecycle_status="active",
        body={"telegram_chat_id": chat_id},
        body_hash="x",
        version_major=version,
        version_minor=0,
    )
