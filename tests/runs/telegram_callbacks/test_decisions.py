"""A press of Approve or Reject decides, by the same rule as the page, and says so."""

from __future__ import annotations

import pytest

from runs.models import ApprovalVote, OutboundMessage, Step, TelegramUse
from runs.outbox.delivery import deliver
from tests import factories
from tests.runs.telegram_callbacks.conftest import ask, audited, link, told


@pytest.mark.parametrize(
    ("action", "status", "state", "answer"),
    [
        ("approve", "approved", "running", "✅ Approved. The run goes on."),
        ("reject", "rejected", "cancelled", "⛔ Rejected. The run is cancelled."),
    ],
)
def test_a_press_decides(telegram, bot, linked, approval, card, action, status, state, answer):
    telegram.press(card, action, linked)
    approval.refresh_from_db()
    approval.run.refresh_from_db()
    assert (approval.status, approval.run.state) == (status, state)
    assert told(bot) == [answer]


def test_it_is_on_record_as_the_person_s_by_telegram(telegram, linked, operator, approval, card):
    telegram.press(card, "approve", linked)
    (record,) = audited("run.approval.approve")
    assert (record.actor_kind, record.actor) == ("telegram", f"{operator.email} (Telegram)")
    assert record.details["actor_id"] == f"user:{operator.pk}"
    step = Step.objects.get(run=approval.run, tool_name="operator_console.approve")
    assert "decision=approve" in step.summary


def test_the_card_is_edited_to_say_who(telegram, bot, linked, operator, card):
    telegram.press(card, "approve", linked)
    deliver()
    edit = bot.sent[-1]
    assert (edit.method, str(edit.body["message_id"])) == (
        "editMessageText",
        card.provider_message_id,
    )
    assert bot.texts()[-1].startswith(f"✅ Approved by {operator.email}")


def test_the_press_stands_in_the_run_s_record_without_its_data(telegram, linked, card, approval):
    from runs.models import ChannelEvent

    telegram.press(card, "approve", linked)
    event = ChannelEvent.objects.get(channel_type="telegram")
    assert (event.run_id, event.channel_chat_id) == (approval.run_id, card.recipient)
    assert event.content_preview == "Button pressed (approve) by Nora"
    assert "v1:" not in str(event.source_envelope) + event.content_redacted


def test_a_message_that_is_too_old_to_be_read_is_pressed_as_any(telegram, linked, approval, card):
    telegram.press(card, "approve", linked, date=0)
    approval.refresh_from_db()
    assert approval.status == "approved"


def test_two_approvers_are_two_presses(telegram, bot, chat, key, linked):
    approval = ask(key, required_approvals=2)
    second = link(factories.user("second@example.org", awoooi="operator"), 160_000_002)
    telegram.press(approval.notification, "approve", linked)
    telegram.press(approval.notification, "approve", linked)
    approval.refresh_from_db()
    assert approval.status == "pending"
    counted = "Your approval is counted. 1 more approval is needed."
    assert told(bot) == [counted, counted]
    telegram.press(approval.notification, "approve", second)
    approval.refresh_from_db()
    assert approval.status == "approved"
    assert TelegramUse.objects.count() == ApprovalVote.objects.count() == 2


def test_who_voted_on_the_page_is_the_same_person_here(telegram, bot, chat, key, operator, linked):
    from runs.actions import approvals

    approval = ask(key, required_approvals=2)
    by = factories.caller_of_user(operator)
    approvals.decide(by=by, approval_id=approval.pk, decision="approve")
    telegram.press(approval.notification, "approve", linked)
    assert ApprovalVote.objects.count() == 1
    assert told(bot) == ["Your approval is counted. 1 more approval is needed."]


def _withdraw(approval):
    """Have its run end while it waits."""
    from awooop import callers
    from runs.actions import runs

    runs.cancel(
        by=callers.system("tests", ["awoooi"]), run_id=approval.run_id, reason="No longer needed"
    )


def test_a_card_whose_run_ended_says_so_and_a_press_is_told(telegram, bot, linked, approval, card):
    _withdraw(approval)
    deliver()
    assert bot.texts()[-1].startswith("Withdrawn")
    telegram.press(card, "approve", linked)
    assert told(bot)[0].startswith("Withdrawn: its run ended")


@pytest.mark.parametrize("lost", ["never made", "dead"])
def test_a_late_press_mends_a_card_whose_edit_was_lost(telegram, bot, linked, approval, card, lost):
    _withdraw(approval)
    edits = OutboundMessage.objects.filter(edits=card)
    edits.delete() if lost == "never made" else edits.update(send_status="dead")
    telegram.press(card, "approve", linked)
    telegram.press(card, "reject", linked)
    assert edits.exclude(send_status="dead").count() == 1
    deliver()
    assert bot.texts()[-1].startswith("Withdrawn")
