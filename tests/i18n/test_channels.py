"""Messages to a chat speak the channels' language; what is kept is retold in the reader's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from awooop import tenancy
from awooop.clock import now
from awooop.languages import kept_in_english, retold
from runs.actions import approvals
from runs.models import OutboundMessage
from tests import factories
from tests.runs.outbox.conftest import bot, chat

__all__ = ["bot", "chat"]


@pytest.fixture
def chinese_channels(settings):
    """An installation whose operators' chats read Chinese."""
    settings.CONFIG = settings.CONFIG.model_copy(update={"channel_language": "zh-hant"})


def test_a_card_is_worded_in_the_channels_language(chinese_channels, bot, chat, key):
    from runs.outbox.delivery import deliver

    factories.waiting(key)
    deliver()
    card = bot.sent[-1].body
    assert "需要處理：中風險" in card["text"]
    buttons = [each["text"] for row in card["reply_markup"]["inline_keyboard"] for each in row]
    assert buttons == ["✅ 核准", "⛔ 駁回", "詳細資料", "歷史"]


@pytest.fixture
def chinese_project(project):
    """A project whose chat reads Chinese, in an installation whose others read English."""
    project.message_language = "zh-hant"
    project.save(update_fields=["message_language"])
    return project


def test_a_projects_own_language_wins_over_the_installations(chinese_project, bot, chat, key):
    from runs.outbox.delivery import deliver

    approval = factories.waiting(key)
    deliver()
    card = bot.sent[-1].body
    assert card["text"].startswith("<b>需要處理：中風險</b>")
    buttons = [each["text"] for row in card["reply_markup"]["inline_keyboard"] for each in row]
    assert buttons == ["✅ 核准", "⛔ 駁回", "詳細資料", "歷史"]
    assert approval.notification.language == "zh-hant"


def test_a_project_may_keep_english_where_the_installation_reads_chinese(
    chinese_channels, project, bot, chat, key
):
    project.message_language = "en"
    project.save(update_fields=["message_language"])
    assert factories.waiting(key).notification.content.startswith("ACTION REQUIRED: medium risk")


def test_a_card_is_ended_in_the_language_it_was_sent_in(chinese_project, bot, chat, key, operator):
    approval = factories.waiting(key)
    chinese_project.message_language = "en"
    chinese_project.save(update_fields=["message_language"])
    approvals.decide(
        by=factories.caller_of_user(operator), approval_id=approval.pk, decision="reject"
    )
    ended = OutboundMessage.objects.get(edits_id=approval.notification_id)
    assert ended.content.startswith("⛔ 已由 operator@example.org 駁回")
    assert ended.language == "zh-hant"


def test_reminders_speak_the_projects_language(chinese_project, key):
    from runs.actions import reminders
    from runs.models import Approval

    approval = factories.waiting(key)
    at = approval.requested_at
    Approval.objects.update(
        requested_at=at - timedelta(hours=1), expires_at=at + timedelta(hours=1)
    )
    reminders.remind()
    said = OutboundMessage.objects.filter(message_type="interim").get()
    assert said.content.startswith("需要處理：仍在等待")


def test_governance_speaks_to_each_project_in_its_own_language(chinese_project):
    from governance import signals
    from governance.models import GovernanceEvent

    factories.project("elsewhere")
    with tenancy.scope(["awoooi", "elsewhere"]):
        events = [
            GovernanceEvent.objects.create(
                project_id=project_id,
                event_type="knowledge_degradation",
                severity="warning",
                impact="9 of 31 entries are stale",
            )
            for project_id in ("awoooi", "elsewhere")
        ]
        signals.events_notify.send(sender=None, events=events)
        told = dict(
            OutboundMessage.objects.filter(message_type="governance_alert").values_list(
                "project_id", "content"
            )
        )
    assert "31 個條目中有 9 個過時" in told["awoooi"]
    assert "9 of 31 entries are stale" in told["elsewhere"]


def test_each_report_is_in_its_projects_language(chinese_project):
    from runs.actions import reports

    other = factories.project("elsewhere")
    at = now()
    days = [
        reports.Day(one, at.date(), at - timedelta(days=1), at) for one in (chinese_project, other)
    ]
    with tenancy.scope(["awoooi", "elsewhere"]):
        texts = reports.texts(days)
    assert texts["awoooi"].startswith("自動化日報")
    assert texts["elsewhere"].startswith("Daily automation report")


def test_who_decides_in_chinese_leaves_an_english_card_english(bot, chat, key, operator):
    approval = factories.waiting(key)
    with translation.override("zh-hant"):
        approvals.decide(
            by=factories.caller_of_user(operator), approval_id=approval.pk, decision="approve"
        )
    ended = OutboundMessage.objects.get(edits_id=approval.notification_id)
    assert ended.content.startswith("✅ Approved by operator@example.org")


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("autonomy_rate is 0.5, below its red line 0.7", "autonomy_rate 為 0.5，低於紅線 0.7"),
        ("1 playbook in use is below the minimum trust", "1 個使用中的劇本低於最低信任分數"),
        ("3 playbooks in use are below the minimum trust", "3 個使用中的劇本低於最低信任分數"),
        ("Review it: owner review", "請審閱：負責人審閱"),
        ("The run's time is over.", "任務的時間已用完。"),
        ("db-1 is slow again", "db-1 is slow again"),
        ("", ""),
    ],
)
def test_a_kept_sentence_is_retold(english, chinese):
    with translation.override("zh-hant"):
        assert retold(english) == chinese
    with translation.override("en"):
        assert retold(english) == english


def test_what_is_kept_is_english_whoever_caused_it():
    @kept_in_english
    def found() -> str:
        return translation.gettext("No data")

    with translation.override("zh-hant"):
        assert found() == "No data"
        assert translation.gettext("No data") == "沒有資料"


def test_an_events_finding_is_read_in_chinese(page, operator):
    from governance.models import GovernanceEvent

    GovernanceEvent.objects.create(
        project_id="awoooi",
        event_type="knowledge_degradation",
        severity="warning",
        impact="9 of 31 entries are stale",
    )
    operator.language = "zh-hant"
    operator.save(update_fields=["language"])
    shown = page.get("/governance", {"tab": "events"}).content.decode()
    assert "31 個條目中有 9 個過時" in shown
    assert "entries are stale" not in shown


def test_what_a_chinese_reader_settles_is_kept_in_english(project, operator):
    from governance.actions import drift
    from tests.governance.drift.support import made

    found = made()
    asked = {"by": factories.caller_of_user(operator), "drift_id": found.pk, "verb": "resolve"}
    with translation.override("zh-hant"):
        preview = drift.settle(**asked, dry_run=True)
        drift.settle(**asked, dry_run=False, fingerprint=preview.dry_run_plan_fingerprint)
        found.refresh_from_db()
        assert retold(found.next_step) == "無須再做什麼：已經處理完畢。"
    assert found.next_step == "Nothing: it was dealt with."
