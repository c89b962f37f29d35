"""Details and History are answered from the database, by a message in the chat of the press."""

from __future__ import annotations

import pytest

from runs.models import OutboundMessage, TelegramUse
from runs.outbox.delivery import deliver
from runs.selectors import callback_texts
from tests import factories
from tests.runs.outbox.conftest import CHAT
from tests.runs.telegram_callbacks.conftest import ask, audited, link, told

INCIDENT = "INC-20261101-AB12"


def replies() -> list[OutboundMessage]:
    """The answers, oldest first."""
    return list(OutboundMessage.objects.filter(message_type="callback_reply").order_by("queued_at"))


@pytest.fixture
def asked(bot, chat, key):
    """An approval of an incident, with arguments."""
    from runs.models import Incident

    Incident.objects.create(
        incident_id=INCIDENT, project_id="awoooi", title="Disk 91 % full", severity="critical"
    )
    return ask(
        key,
        arguments={"deployment": "api"},
        incident_id=INCIDENT,
        run_values={"trigger_ref": INCIDENT},
    )


@pytest.mark.parametrize("action", ["detail", "history"])
def test_it_is_a_callback_reply_in_the_chat_of_the_card(telegram, linked, asked, action):
    telegram.press(asked.notification, action, linked)
    (reply,) = replies()
    assert (reply.callback_action, reply.recipient, reply.run_id, reply.incident_id) == (
        action,
        CHAT,
        asked.run_id,
        INCIDENT,
    )


def test_the_details_are_those_of_now(telegram, bot, linked, operator, asked):
    telegram.press(asked.notification, "approve", linked)
    telegram.press(asked.notification, "detail", linked)
    deliver()
    text = bot.texts()[-1]
    for part in (
        "Approval: approved, medium risk",
        "kubectl.restart",
        '"deployment": "api"',
        f"{operator.email} (Telegram): approve",
        f"Incident {INCIDENT}: investigating, critical",
        "Disk 91 % full",
        f"/awooop/runs/{asked.run_id}",
    ):
        assert part in text


def test_the_history_ends_with_the_latest(telegram, bot, linked, asked):
    telegram.press(asked.notification, "history", linked)
    deliver()
    lines = bot.texts()[-1].splitlines()
    assert lines[0] == "HISTORY"
    assert "Run created" in lines[1]
    assert any("Button pressed (history) by Nora" in line for line in lines)


def test_a_long_history_is_its_end(telegram, linked, asked):
    from runs.models import Step

    Step.objects.bulk_create(
        Step(
            run=asked.run,
            project_id="awoooi",
            step_seq=number,
            tool_name=f"tool-{number}",
            result_status="success",
        )
        for number in range(1, 41)
    )
    telegram.press(asked.notification, "history", linked)
    text = replies()[0].content
    assert "tool-40" in text
    assert "tool-1 " not in text
    assert "Earlier entries are on the page." in text
    assert len(text.splitlines()) <= callback_texts.ITEMS + 3


def test_who_only_looks_may_ask(telegram, bot, asked):
    viewer = link(factories.user("viewer@example.org", awoooi="viewer"), 160_000_009)
    telegram.press(asked.notification, "detail", viewer)
    assert len(replies()) == 1
    assert told(bot) == ["The details follow below."]


def test_a_stranger_is_shown_nothing(telegram, asked):
    telegram.press(asked.notification, "detail", 777_000)
    assert replies() == []
    assert audited("telegram.press.refused")[0].details["button"] == "detail"


def test_a_used_button_answers_no_more_but_its_answer_has_fresh_ones(telegram, bot, linked, asked):
    telegram.press(asked.notification, "detail", linked)
    telegram.press(asked.notification, "detail", linked)
    assert len(replies()) == 1
    assert told(bot)[1].startswith("Answered already")
    deliver()
    telegram.press(replies()[0], "detail", linked)
    assert len(replies()) == 2
    assert TelegramUse.objects.count() == 2


def test_the_edited_card_answers_too(telegram, linked, asked):
    telegram.press(asked.notification, "reject", linked)
    deliver()
    edit = OutboundMessage.objects.get(edits=asked.notification)
    telegram.press(edit, "detail", linked)
    assert "Approval: rejected" in replies()[0].content


def test_a_message_about_nothing_on_record_says_so(telegram, linked, bot, chat):
    from runs.actions import notify

    message = notify.queue(
        notify.Note(
            "awoooi", "interim", "Hello", buttons=[{"action": a} for a in ("detail", "history")]
        )
    )
    deliver()
    telegram.press(message, "detail", linked)
    telegram.press(message, "history", linked)
    assert "Nothing more is on record about this message." in replies()[0].content
    assert "Nothing is on record about this message." in replies()[1].content


def test_secrets_do_not_leave_by_an_answer(telegram, linked, bot, chat, key):
    approval = ask(key, arguments={"password": "hunter2-and-more"})
    telegram.press(approval.notification, "detail", linked)
    assert "hunter2" not in replies()[0].content
