"""What an agent may have sent: to its own project's chat, and nowhere else."""

from __future__ import annotations

import pytest

from runs.models import OutboundMessage
from runs.outbox.delivery import deliver
from tests import factories
from tests.runs.outbox.conftest import CHAT
from tests.runs.outbox.messages import outcome


@pytest.fixture
def post(key, chat, api):
    run = factories.running(key)
    return lambda body: api.post(f"/platform/runs/{run.run_id}/messages", body)


@pytest.mark.parametrize("recipient", ["", CHAT])
def test_to_the_operators(bot, post, recipient):
    body = {"message_type": "final", "content": "done", "recipient": recipient}
    assert post(body).status_code == 201
    assert deliver() == outcome(sent=1)


def test_not_to_another_chat_of_the_bot(bot, post):
    rows = [
        {"message_type": "final", "content": "a"},
        {"message_type": "final", "content": "b", "recipient": "-999"},
    ]
    answer = post(rows)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["1.recipient"]
    assert OutboundMessage.objects.count() == 0


def test_what_was_sent_elsewhere_is_recorded_as_told(post):
    body = {"message_type": "final", "send_status": "sent", "recipient": "-999"}
    assert post(body).status_code == 201


def test_another_channel_has_recipients_of_its_own(post):
    body = {"message_type": "final", "channel_type": "slack", "recipient": "#ops"}
    assert post(body).status_code == 201
