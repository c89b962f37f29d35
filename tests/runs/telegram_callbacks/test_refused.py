"""Who may not, what is too late, what was forged: nothing is decided, the presser told, all
audited."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from awooop import clock
from awooop.models import AuditRecord, TelegramAccount
from runs.actions import approvals, expiry
from runs.models import ApprovalVote, ChannelEvent, OutboundMessage, TelegramUse
from runs.telegram import buttons
from tests import factories
from tests.awooop.stops import support as stops
from tests.runs.telegram_callbacks.conftest import ask, audited, link, pressed, told

STRANGER = 777_000


def nothing_came_of_it(approval, reason: str) -> AuditRecord:
    """Check that nothing was decided and that the refusal is on record; answers the record."""
    status = approval.status
    approval.refresh_from_db()
    assert approval.status == status
    assert not TelegramUse.objects.exists()
    (record,) = audited("telegram.press.refused")
    assert record.details["reason"] == reason
    assert record.actor_kind == "telegram"
    return record


def test_a_stranger(telegram, bot, approval, card):
    telegram.press(card, "approve", STRANGER)
    record = nothing_came_of_it(approval, "not_linked")
    assert (record.actor, record.resource_id) == (f"Telegram {STRANGER} Nora", str(approval.pk))
    (text,) = told(bot)
    assert text.startswith("This Telegram account is linked to nobody here.")


def test_an_anonymous_group_admin_even_where_its_id_is_linked(
    telegram, bot, linked, approval, card
):
    telegram.press(card, "approve", linked, is_bot=True)
    nothing_came_of_it(approval, "not_linked")
    assert len(told(bot)) == 1


@pytest.mark.parametrize("role", ["viewer", "knowledge_owner"])
def test_a_role_that_only_looks(telegram, bot, approval, card, role):
    viewer = link(factories.user("viewer@example.org", awoooi=role), 160_000_009)
    telegram.press(card, "approve", viewer)
    record = nothing_came_of_it(approval, "not_allowed")
    assert record.actor == "viewer@example.org (Telegram)"
    assert told(bot) == ["Your role in this project lets you look, not decide."]


def test_somebody_of_another_project(telegram, bot, other_project, approval, card):
    other = link(factories.user("other@example.org", other="operator"), 160_000_009)
    telegram.press(card, "approve", other)
    nothing_came_of_it(approval, "not_a_member")
    assert told(bot) == ["You have no role in this project."]


def test_a_deactivated_person(telegram, bot, operator, linked, approval, card):
    operator.is_active = False
    operator.save()
    telegram.press(card, "approve", linked)
    nothing_came_of_it(approval, "not_linked")


def test_the_requester(telegram, bot, operator, linked, approval, card):
    approval.requested_by = f"user:{operator.pk}"
    approval.save()
    telegram.press(card, "approve", linked)
    nothing_came_of_it(approval, "requester_may_not_decide")
    assert told(bot) == ["You asked for this: somebody else decides on it."]


def test_a_critical_one_is_for_the_page(telegram, bot, chat, key, linked):
    approval = ask(key)
    approval.risk_level = "critical"
    approval.save()
    telegram.press(approval.notification, "approve", linked)
    nothing_came_of_it(approval, "decide_on_page")
    assert told(bot)[0].startswith("Critical: it is decided on the page only")


def test_the_card_of_a_critical_one_has_no_decision_to_press(bot, chat, key):
    approval = ask(key, risk_level="critical")
    actions = [button["action"] for button in approval.notification.buttons]
    assert actions == ["open", "detail", "history"]


def test_data_that_is_signed_for_a_button_the_card_does_not_have(telegram, bot, chat, key, linked):
    approval = ask(key, risk_level="critical")
    telegram.press(approval.notification, "approve", linked)
    nothing_came_of_it(approval, "button_unknown")


@pytest.mark.parametrize("is_swept", [False, True])
def test_an_expired_one(telegram, bot, linked, approval, card, is_swept):
    with clock.set_to(clock.now() + timedelta(hours=2)):
        if is_swept:
            expiry.sweep()
            approval.refresh_from_db()
        telegram.press(card, "approve", linked)
        nothing_came_of_it(approval, "not_waiting" if is_swept else "approval_overdue")
        assert told(bot)[0].startswith("Too late: nobody decided in time.")


def test_a_decided_one_tells_who_was_first(telegram, bot, linked, approval, card):
    winner = factories.user("winner@example.org", awoooi="operator")
    by = factories.caller_of_user(winner)
    approvals.decide(by=by, approval_id=approval.pk, decision="reject")
    approval.refresh_from_db()
    telegram.press(card, "approve", linked)
    nothing_came_of_it(approval, "not_waiting")
    (text,) = told(bot)
    assert text.startswith("Decided already: rejected by winner@example.org, 20")


def test_a_deleted_one(telegram, bot, linked, approval, card):
    run_id = approval.run_id
    approval.delete()
    telegram.press(card, "approve", linked)
    (record,) = audited("telegram.press.refused")
    assert (record.details["reason"], record.run_id) == ("approval_gone", run_id)
    assert told(bot) == ["This approval does not exist any more."]


@pytest.mark.parametrize(
    "changes",
    [{"chat_id": -999}, {"message_id": 5}, {"inline": True}],
    ids=["another chat", "another message", "no message"],
)
def test_from_another_place(telegram, bot, linked, approval, card, changes):
    telegram.press(card, "approve", linked, **changes)
    nothing_came_of_it(approval, "other_place")
    assert told(bot) == ["This button was not made for this message."]


def test_a_card_whose_sending_is_not_on_record_yet(telegram, bot, linked, approval, card):
    OutboundMessage.objects.filter(pk=card.pk).update(provider_message_id=None)
    telegram.press(card, "approve", linked, message_id=1001)
    nothing_came_of_it(approval, "not_yet_sent")


def test_a_group_that_became_a_supergroup_is_the_same_chat(telegram, linked, approval, card):
    from runs.outbox import moves

    assert moves.remember("telegram", card.recipient, "-100777")
    telegram.press(card, "approve", linked, chat_id=-100777)
    approval.refresh_from_db()
    assert approval.status == "approved"


def _altered(card) -> list[str]:
    good = buttons.data_for(card.pk, "reject")
    head, ident = good[:5], good[5:]
    swapped = ("B" if ident[30] == "A" else "A").join((ident[:30], ident[31:]))
    return [f"v1:a:{ident}", f"{head}{swapped}", f"{head}{ident[:-1]}", "approve:1", "", "v2:a:x"]


@pytest.mark.parametrize("index", range(6))
def test_altered_data(telegram, bot, linked, approval, card, index):
    telegram.press(card, "approve", linked, data=_altered(card)[index])
    nothing_came_of_it(approval, "button_unknown")
    assert told(bot) == ["This button is not known here."]


def test_the_card_of_a_message_that_is_gone(telegram, bot, linked, card):
    update = pressed(card, "approve", linked, data=buttons.data_for(uuid4(), "approve"))
    telegram.post(update)
    assert audited("telegram.press.refused")[0].details["reason"] == "button_unknown"


def test_an_update_again_does_nothing_again(telegram, bot, linked, approval, card):
    update = pressed(card, "approve", linked)
    assert [telegram.post(update).status_code for _ in range(2)] == [200, 200]
    assert ApprovalVote.objects.count() == 1
    duplicates = ChannelEvent.objects.order_by("received_at").values_list("is_duplicate", flat=True)
    assert sorted(duplicates) == [False, True]
    assert len(audited("telegram.update.repeated")) == 1
    assert len(told(bot)) == 1


def test_a_press_replayed_as_a_new_update_finds_its_button_used(telegram, bot, linked, card):
    telegram.press(card, "approve", linked)
    telegram.press(card, "approve", linked)
    assert ApprovalVote.objects.count() == 1
    assert [r.details["reason"] for r in audited("telegram.press.refused")] == ["button_used"]
    assert told(bot)[1].startswith("Decided already: approved by operator@example.org")


def test_a_press_that_breaks_is_told_and_leaves_nothing(
    telegram, bot, linked, approval, card, monkeypatch
):
    def broken(**_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("runs.actions.telegram_presses.approvals.decide", broken)
    telegram.press(card, "approve", linked)
    nothing_came_of_it(approval, "broken")
    assert told(bot) == ["That did not work. Open the page in the console."]


@pytest.mark.parametrize("secret", [None, "", "wrong", "ä", "a-secret-of-the-webhook "])
def test_a_forged_secret(telegram, bot, linked, approval, card, secret):
    answer = telegram.post(pressed(card, "approve", linked), secret=secret)
    assert answer.status_code == 403
    assert answer.json()["code"] == "wrong_secret"
    approval.refresh_from_db()
    assert approval.status == "pending"
    assert not ChannelEvent.objects.exists()
    (record,) = audited("telegram.webhook.refused")
    assert record.actor_kind == "system"


def test_a_flood_of_forged_posts_leaves_one_record_a_minute(telegram, chat):
    for _ in range(3):
        telegram.post({}, secret="wrong")
    assert len(audited("telegram.webhook.refused")) == 1
    with clock.set_to(clock.now() + timedelta(minutes=2)):
        telegram.post({}, secret="wrong")
    assert len(audited("telegram.webhook.refused")) == 2


def test_without_a_secret_of_ours_nothing_is_taken(telegram, chat, settings):
    settings.TELEGRAM_WEBHOOK_SECRET = ""
    assert telegram.post({"update_id": 1}, secret="").status_code == 403


def test_an_unlinked_account_decides_no_more(telegram, linked, approval, card):
    TelegramAccount.objects.all().delete()
    telegram.press(card, "approve", linked)
    nothing_came_of_it(approval, "not_linked")


def test_what_is_stopped_can_be_rejected_and_not_approved(telegram, bot, linked, approval, card):
    stops.place(tool_name=approval.tool_name)
    telegram.press(card, "approve", linked)
    approval.refresh_from_db()
    assert (approval.status, approval.votes.count()) == ("pending", 0)
    assert told(bot)[-1] == "The kill switch is on: it can be rejected, not approved."
    assert audited("telegram.press.refused")[0].details["reason"] == "stopped"
    telegram.press(card, "reject", linked)
    approval.refresh_from_db()
    assert approval.status == "rejected"
