"""What the rows of knowledge say beyond their status."""

from __future__ import annotations

import pytest

from governance import work_items
from runs.models import OutboundMessage
from tests.governance import samples
from tests.knowledge.reviews import rows

pytestmark = pytest.mark.django_db


def row(kind: str) -> dict:
    (found,) = [one for one in work_items.rows(["awoooi"]) if one["kind"] == kind]
    return found


def reply(incident_id: str, action: str) -> None:
    OutboundMessage.objects.create(
        project_id="awoooi",
        channel_type="telegram",
        message_type="callback_reply",
        callback_action=action,
        incident_id=incident_id,
        send_status="sent",
    )


def test_replies_without_a_review_name_the_latest_and_the_queue(project):
    reply("INC-20261121-AAAA", "detail")
    reply("INC-20261121-BBBB", "history")
    found = row("callback_owner_review")
    details = found["evidence_details"]
    assert (details["latest_incident_id"], details["latest_action"]) == (
        "INC-20261121-BBBB",
        "history",
    )
    assert details["completion_queue"] == {
        "total": 0,
        "ready_count": 0,
        "blocked_count": 0,
        "completed_count": 0,
        "failed_count": 0,
    }
    assert found["href"] == (
        "/awooop/runs?project_id=awoooi&incident_id=INC-20261121-BBBB&callback_reply_status=sent"
    )


def test_asked_about_twice_is_one_incident(project):
    reply("INC-20261121-AAAA", "detail")
    reply("INC-20261121-AAAA", "history")
    assert row("callback_owner_review")["evidence_details"]["open"] == 1


def test_a_review_that_was_skipped_is_none(api):
    reply(rows.INCIDENT, "detail")
    queued = rows.queued(api, rows.entry(20, **rows.tied()))
    assert row("callback_owner_review")["status"] == "watching"
    api.post(f"/ai/governance/queue/{queued['dispatch_id']}/skip", {"note": "no"})
    assert row("callback_owner_review")["status"] == "in_progress"


def test_the_health_check_says_who_leads_and_how_far_it_is(project):
    dispatch = samples.dispatch()
    (told,) = row("knowledge_healthcheck")["evidence_details"]["dispatches"]
    assert (told["stage"], told["kb_draft_entry_id"]) == ("queued_kb_healthcheck", None)
    assert told["owner_review_point"].startswith("The agent writes the draft first")
    dispatch.decision_context["kb_draft_entry_id"] = "an entry"
    dispatch.save()
    assert row("knowledge_healthcheck")["next_step"] == (
        "Review the draft, and complete the dispatch."
    )


def test_stale_knowledge_says_how_many_are_too_many(project):
    rows.stale_and_fresh(3, 2)
    found = row("knowledge_stale_review")
    assert found["evidence_details"]["entries_to_threshold"] == 2
    assert found["href"] == "/knowledge/stale"


def test_stale_within_the_threshold_is_watched(project):
    rows.stale_and_fresh(1, 4)
    assert row("knowledge_stale_review")["status"] == "watching"
