"""`/start CODE`, written to the bot in a private chat, links the account that wrote it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from awooop import clock
from awooop.actions import telegram_accounts
from awooop.models import TelegramAccount, TelegramLinkCode
from runs.models import ChannelEvent
from tests import factories
from tests.runs.telegram_callbacks.conftest import audited, link, said

NORA = 160_000_001


def code_of(user) -> str:
    """Make a person's code."""
    code, _ends = telegram_accounts.make_code(by=factories.caller_of_user(user))
    return code


def test_a_code_links_once(telegram, bot, operator):
    code = code_of(operator)
    telegram.write(f"/start {code}", NORA)
    account = TelegramAccount.objects.get()
    assert (account.user, account.telegram_user_id) == (operator, NORA)
    assert said(bot) == [f"Linked: your presses act for {operator.email}."]
    telegram.write(f"/start {code}", 160_000_002)
    assert TelegramAccount.objects.get() == account
    assert said(bot)[1].startswith("This code is unknown")


def test_it_is_on_record_in_each_of_the_person_s_projects(telegram, bot, other_project, operator):
    from awooop import callers, tenancy
    from awooop.actions import projects

    with tenancy.scope(["other"]):
        by = callers.system("tests", ["other"])
        projects.set_member(by=by, project_id="other", user=operator, role="viewer")
    telegram.write(f"/start {code_of(operator)}", NORA)
    with tenancy.scope(["awoooi", "other"]):
        records = audited("account.telegram.link")
    assert [record.project_id for record in records] == ["awoooi", "other"]
    assert {record.actor for record in records} == {f"{operator.email} (Telegram)"}


def test_the_update_is_stored_without_the_code_and_its_repeat_does_nothing(telegram, bot, operator):
    code = code_of(operator)
    for _ in range(2):
        telegram.write(f"/start {code}", NORA, update_id=7)
    events = ChannelEvent.objects.order_by("is_duplicate")
    assert [(event.content_redacted, event.is_duplicate) for event in events] == [
        ("/start", False),
        ("/start", True),
    ]
    assert not any(code in str(event.source_envelope) for event in events)
    assert len(said(bot)) == 1


@pytest.mark.parametrize("how", ["late", "lower case", "deactivated"])
def test_when_a_code_is_good(telegram, bot, operator, how):
    code, at = code_of(operator), clock.now()
    if how == "deactivated":
        operator.is_active = False
        operator.save()
    minutes = 16 if how == "late" else 14
    with clock.set_to(at + timedelta(minutes=minutes)):
        telegram.write(f"/start {code.lower()}", NORA)
    assert TelegramAccount.objects.exists() == (how == "lower case")


def test_a_new_code_takes_the_place_of_the_old(telegram, bot, operator):
    old, _new = code_of(operator), code_of(operator)
    telegram.write(f"/start {old}", NORA)
    assert not TelegramAccount.objects.exists()
    assert TelegramLinkCode.objects.count() == 1


def test_the_code_itself_is_not_kept(operator):
    code = code_of(operator)
    assert code not in str(TelegramLinkCode.objects.values().get())


def test_five_wrong_codes_are_enough_for_a_quarter_of_an_hour(telegram, bot, operator):
    for number in range(6):
        telegram.write(f"/start WRONG{number}", NORA)
    code = code_of(operator)
    telegram.write(f"/start {code}", NORA)
    assert not TelegramAccount.objects.exists()
    texts = said(bot)
    assert [text.startswith("Too many wrong codes") for text in texts] == [False] * 5 + [True] * 2
    with clock.set_to(clock.now() + timedelta(minutes=16)):
        telegram.write(f"/start {code_of(operator)}", NORA)
    assert TelegramAccount.objects.exists()


def test_wrong_codes_of_one_do_not_shut_out_another(telegram, bot, operator):
    for number in range(6):
        telegram.write(f"/start WRONG{number}", 5)
    telegram.write(f"/start {code_of(operator)}", NORA)
    assert TelegramAccount.objects.exists()


def test_an_account_of_another_person_stays_theirs(telegram, bot, operator):
    other = factories.user("other@example.org", awoooi="viewer")
    link(other, NORA)
    code = code_of(operator)
    telegram.write(f"/start {code}", NORA)
    assert TelegramAccount.objects.get().user == other
    assert said(bot) == ["This account is linked to another person: unlink it there first."]


def test_a_person_may_change_to_another_account(telegram, bot, operator):
    link(operator, 5)
    telegram.write(f"/start {code_of(operator)}", NORA)
    assert TelegramAccount.objects.get().telegram_user_id == NORA


@pytest.mark.parametrize(
    "changes",
    [
        {"chat": {"id": -5, "type": "group"}},
        {"chat": {"id": -5, "type": "private"}},
        {"from": {"is_bot": True}},
    ],
    ids=["a group", "another's chat", "a bot"],
)
def test_a_code_that_others_can_read_links_nobody(telegram, bot, operator, changes):
    telegram.write(f"/start {code_of(operator)}", NORA, **changes)
    assert not TelegramAccount.objects.exists()
    assert said(bot) == []


def test_a_bare_start_says_how_it_goes(telegram, bot, operator):
    telegram.write("/start", NORA)
    link(operator, NORA)
    telegram.write("/start@ops_bot", NORA)
    assert said(bot) == [
        "Make a code on your profile page of the console, and send it here: /start CODE",
        f"This account acts for {operator.email} (Telegram).",
    ]


def test_other_words_are_stored_and_not_answered(telegram, bot, operator):
    link(operator, NORA)
    telegram.write("hello there", NORA)
    assert ChannelEvent.objects.get().content_preview == "hello there"
    assert said(bot) == []


def test_somebody_without_a_project_can_be_linked(telegram, bot, project):
    nobody = factories.user("nobody@example.org")
    telegram.write(f"/start {code_of(nobody)}", NORA)
    assert TelegramAccount.objects.get().user == nobody
    assert len(said(bot)) == 1
