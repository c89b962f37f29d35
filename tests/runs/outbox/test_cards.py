"""The card of an approval says how it ended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from awooop import clock
from runs.actions import approvals, expiry
from runs.models import OutboundMessage
from runs.outbox.delivery import deliver
from runs.telegram import buttons
from tests import factories
from tests.runs.outbox.messages import outcome


@pytest.fixture
def decide(bot, chat, key, operator):
    """Make an approval and decide it; `send_first` says whether its card is out before."""

    def make(decision: str, *, send_first: bool = True):
        approval = factories.waiting(key)
        if send_first:
            deliver()
        approvals.decide(
            by=factories.caller_of_user(operator), approval_id=approval.pk, decision=decision
        )
        return approval

    return make


@pytest.mark.parametrize(("decision", "said"), [("approve", "Approved"), ("reject", "Rejected")])
def test_a_decision_is_told_on_the_card(bot, decide, operator, decision, said):
    decide(decision)
    assert deliver() == outcome(sent=1)
    edit = bot.sent[-1]
    assert (edit.method, edit.body["message_id"]) == ("editMessageText", 1001)
    assert bot.texts()[-1].startswith(f"{'✅' if decision == 'approve' else '⛔'} {said} by ")
    assert operator.email in bot.texts()[-1]
    assert "Restart the deployment api" in bot.texts()[-1]


def test_the_card_no_longer_offers_a_decision(bot, decide):
    decide("approve")
    deliver()
    rows = bot.sent[-1].body["reply_markup"]["inline_keyboard"]
    read = [buttons.read(button["callback_data"]) for row in rows for button in row]
    assert [action for _, action in read] == ["detail", "history"]


def test_an_expiry_is_told_on_the_card(bot, chat, key):
    approval = factories.waiting(key)
    deliver()
    with clock.set_to(approval.expires_at + timedelta(seconds=1)):
        expiry.sweep()
        deliver()
    assert bot.texts()[-1].startswith("⌛ Expired")


def test_an_edit_waits_until_its_card_is_out(bot, decide):
    bot.refuse(429, "Too Many Requests: retry after 5", retry_after=5)
    at = clock.now()
    decide("approve", send_first=True)
    assert deliver() == outcome()
    with clock.set_to(at + timedelta(minutes=1)):
        assert deliver() == outcome(sent=2)
    assert [call.method for call in bot.sent] == ["sendMessage", "editMessageText"]


def test_a_card_that_never_came_is_not_edited(bot, decide):
    bot.refuse(403, "Forbidden: bot was blocked by the user")
    decide("approve")
    assert OutboundMessage.objects.exclude(edits=None).count() == 0
    assert deliver() == outcome()


def test_an_edit_whose_card_dies_first_is_given_up_quietly(bot, decide):
    decide("approve", send_first=False)
    bot.refuse(403, "Forbidden: bot was blocked by the user")
    assert deliver() == outcome(dead=1)
    edit = OutboundMessage.objects.exclude(edits=None).get()
    assert (edit.send_status, edit.next_attempt_at) == ("dead", None)


def test_where_no_bot_is_configured_nothing_is_queued(key, operator, settings):
    settings.OUTBOX_CHANNELS = ()
    approval = factories.waiting(key)
    approvals.decide(
        by=factories.caller_of_user(operator), approval_id=approval.pk, decision="approve"
    )
    assert OutboundMessage.objects.exclude(edits=None).count() == 0
