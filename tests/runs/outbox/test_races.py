"""Any number of clusters deliver at once; each message goes out once."""

from __future__ import annotations

import pytest

from awooop import tenancy
from runs.models import ChannelHealth, OutboundMessage
from runs.outbox.delivery import deliver
from tests import factories
from tests.runs.outbox.conftest import CHAT, name_chat
from tests.runs.outbox.messages import queue
from tests.runs.together import together


@pytest.fixture
def messages(truncatable, bot):
    factories.project("awoooi")
    with tenancy.scope(["awoooi"]):
        name_chat("awoooi", CHAT)
        return [queue(f"message {number}") for number in range(12)]


def test_each_message_goes_out_once(bot, messages):
    results = together([deliver] * 4)
    assert sum(result["sent"] for result in results) == 12
    assert sorted(bot.texts()) == sorted(f"message {number}" for number in range(12))
    with tenancy.scope(["awoooi"]):
        assert set(OutboundMessage.objects.values_list("attempt_count", flat=True)) == {1}


def test_one_process_probes_a_channel_that_was_down(bot, messages):
    ChannelHealth.objects.create(channel_type="telegram", faults=3)
    together([deliver] * 4)
    assert bot.count("getMe") == 1
    deliver()
    assert len(bot.sent) == 12
