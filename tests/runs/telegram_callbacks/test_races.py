"""Decisions at the same moment, by page, API and Telegram: one wins, and the others are told."""

from __future__ import annotations

import pytest
from django.test import Client

from awooop import tenancy
from awooop.models import AuditRecord
from runs.models import Approval, ApprovalVote, ChannelEvent, OutboundMessage, TelegramReply
from runs.outbox.delivery import deliver
from tests import factories
from tests.runs.outbox.conftest import name_chat
from tests.runs.telegram_callbacks.conftest import Telegram, link, pressed, told
from tests.runs.together import together

pytestmark = pytest.mark.usefixtures("truncatable")


class Deciders:
    """An approval whose card is out, and people who may decide it, each in a way of their own."""

    def __init__(self, people: int) -> None:
        factories.project("awoooi")
        self.key = factories.api_key("awoooi")
        self.other_key = factories.api_key("awoooi")
        self.people = [
            factories.user(f"p{number}@example.org", awoooi="operator") for number in range(people)
        ]
        self.ids = [link(person, 9_000 + n) for n, person in enumerate(self.people)]
        with tenancy.scope(["awoooi"]):
            name_chat("awoooi", "-100200")
            self.approval = factories.waiting(self.key)
        deliver()
        with tenancy.scope(["awoooi"]):
            self.card = OutboundMessage.objects.get(pk=self.approval.notification_id)

    def update(self, number: int, action: str) -> dict:
        """A press by one of them."""
        with tenancy.scope(["awoooi"]):
            return pressed(self.card, action, self.ids[number])

    def by_page(self, number: int, decision: str) -> int:
        """Decide on the page; answers the status."""
        client = Client()
        client.force_login(self.people[number])
        path = f"/awooop/approvals/{self.approval.pk}/decide?digest={self.approval.digest}"
        return client.post(path, {"decision": decision, "reason": "now"}).status_code

    def by_api(self, decision: str) -> int:
        """Decide with a key; answers the status."""
        path = f"/platform/approvals/{self.approval.run_id}/decide"
        api = factories.ApiClient(self.other_key)
        return api.post(path, {"decision": decision, "reason": "now"}).status_code


@pytest.mark.parametrize("attempt", range(3))
def test_of_page_api_and_telegram_one_wins(bot, telegram, attempt):
    deciders = Deciders(people=4)
    updates = [deciders.update(0, "approve"), deciders.update(1, "reject")]
    jobs = [
        *(lambda update=update: Telegram().post(update).status_code for update in updates),
        lambda: deciders.by_page(2, "approve"),
        lambda: deciders.by_page(3, "reject"),
        lambda: deciders.by_api("reject"),
    ]
    answers = together(jobs)
    assert answers[:2] == [200, 200]
    with tenancy.scope(["awoooi"]):
        vote = ApprovalVote.objects.get()
        approval = Approval.objects.get()
        ended = {"approve": "approved", "reject": "rejected"}[vote.decision]
        assert approval.status == ended
        decided = AuditRecord.objects.filter(action__startswith="run.approval.")
        assert [record.actor for record in decided] == [vote.approver_label]
        assert OutboundMessage.objects.filter(edits=deciders.card).count() == 1
    by_telegram = "Telegram" in vote.approver_label
    losers = [text for text in told(bot) if text.startswith("Decided already")]
    assert len(losers) == 2 - by_telegram
    assert all(f"{ended} by {vote.approver_label}" in text for text in losers)
    assert sorted(status >= 400 for status in answers[2:]) == sorted(
        [True, True, True] if by_telegram else [False, True, True]
    )
    deliver()
    assert bot.texts()[-1].startswith(("✅ Approved by", "⛔ Rejected by"))
    assert vote.approver_label in bot.texts()[-1]


def test_the_page_of_a_loser_says_who_won(bot, telegram):
    deciders = Deciders(people=2)
    Telegram().post(deciders.update(0, "approve"))
    client = Client()
    client.force_login(deciders.people[1])
    path = f"/awooop/approvals/{deciders.approval.pk}/decide?digest={deciders.approval.digest}"
    answer = client.post(path, {"decision": "reject"}, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "p0@example.org (Telegram)" in answer.content.decode()


def test_one_update_eight_times_at_once_is_one_press(bot, telegram):
    deciders = Deciders(people=1)
    update = deciders.update(0, "approve")
    answers = together([lambda: Telegram().post(update).status_code] * 8)
    assert answers == [200] * 8
    with tenancy.scope(["awoooi"]):
        assert ApprovalVote.objects.count() == 1
        events = ChannelEvent.objects.filter(channel_type="telegram")
        assert [event.is_duplicate for event in events].count(False) == 1
    assert TelegramReply.objects.count() == 1


def test_a_look_pressed_by_many_at_once_is_answered_once(bot, telegram):
    deciders = Deciders(people=4)
    updates = [deciders.update(number, "detail") for number in range(4)]
    answers = together(
        [lambda update=each: Telegram().post(update).status_code for each in updates]
    )
    assert answers == [200] * 4
    with tenancy.scope(["awoooi"]):
        assert OutboundMessage.objects.filter(message_type="callback_reply").count() == 1
    assert len(told(bot)) == 4


def test_looks_and_decisions_at_once_do_not_wait_for_each_other(bot, telegram):
    deciders = Deciders(people=4)
    updates = [
        deciders.update(number, action)
        for number, action in enumerate(["detail", "approve", "history", "approve"])
    ]
    answers = together(
        [lambda update=each: Telegram().post(update).status_code for each in updates]
    )
    assert answers == [200] * 4
    with tenancy.scope(["awoooi"]):
        assert Approval.objects.get().status == "approved"
        assert OutboundMessage.objects.filter(message_type="callback_reply").count() == 2
