"""A process killed before, during or after a send loses no message and doubles none in the
record."""

from __future__ import annotations

import multiprocessing
import os
import signal
from datetime import timedelta
from threading import Event

import pytest
from django.db import connections

from awooop import clock, tenancy
from runs.models import OutboundMessage
from runs.outbox import outcomes, policy
from runs.outbox.delivery import deliver
from runs.telegram import sending
from tests import factories
from tests.runs.outbox.conftest import CHAT, name_chat
from tests.runs.outbox.messages import fresh, outcome, queue


@pytest.fixture
def message(truncatable, bot):
    factories.project("awoooi")
    with tenancy.scope(["awoooi"]):
        name_chat("awoooi", CHAT)
        return queue()


def _die(*_args, **_kwargs) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _deliver_and_be_killed(bot, *, before=False, on_receipt=False, after=False):
    """Deliver in a process of its own, and kill it there."""

    def work() -> None:
        if before:
            sending.send = _die
        if after:
            outcomes.sent = _die
        deliver()
        os._exit(0)

    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()

    is_dead = Event()

    def kill(_call) -> None:
        os.kill(process.pid, signal.SIGKILL)
        is_dead.wait(60)  # only one thread may wait for the process itself

    bot.on_receipt = kill if on_receipt else None
    process.join(60)
    is_dead.set()
    bot.on_receipt = None
    assert process.exitcode == -signal.SIGKILL


POINTS = {
    "before the send": ({"before": True}, 1),
    "while it is sent": ({"on_receipt": True}, 2),
    "after the answer": ({"after": True}, 2),
}


@pytest.mark.parametrize(("point", "on_the_wire"), POINTS.values(), ids=POINTS.keys())
def test_a_kill_loses_nothing_and_is_visible(bot, message, point, on_the_wire):
    _deliver_and_be_killed(bot, **point)
    kept = fresh(message)
    assert (kept.send_status, kept.attempt_count) == ("sending", 1)
    assert deliver() == outcome()  # it may still be under way

    with clock.set_to(clock.now() + policy.CLAIM + timedelta(seconds=1)):
        assert deliver() == outcome(sent=1)
        assert deliver() == outcome()
    kept = fresh(message)
    assert (kept.send_status, kept.attempt_count, kept.unknown_attempts) == ("sent", 2, 1)
    assert "no outcome is known of attempt 1" in kept.send_error
    assert len(bot.sent) == on_the_wire  # at least once on the wire …
    with tenancy.scope(["awoooi"]):
        assert OutboundMessage.objects.count() == 1  # … and once in the record


def test_a_message_that_kills_its_process_is_given_up(bot, message):
    at = clock.now()
    for number in range(policy.MAX_ATTEMPTS):
        with clock.set_to(at + number * (policy.CLAIM + timedelta(seconds=1))):
            _deliver_and_be_killed(bot, before=True)
    with clock.set_to(at + timedelta(hours=1)):
        assert deliver() == outcome()
    kept = fresh(message)
    assert (kept.send_status, kept.attempt_count) == ("dead", policy.MAX_ATTEMPTS)
    assert kept.unknown_attempts == policy.MAX_ATTEMPTS
    assert bot.sent == []
