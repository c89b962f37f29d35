"""The list of callback replies: API and page, with what owner review says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop.clock import now
from runs.models import OutboundMessage
from runs.selectors import callbacks
from runs.selectors.callbacks import Related
from tests.runs.transactions import read_only

PATH = "/platform/runs/callback-replies"
INCIDENT = "INC-20261101-AB12"


def reply(number: int = 0, **values) -> OutboundMessage:
    """An answer to a button."""
    given = {
        "project_id": "awoooi",
        "channel_type": "telegram",
        "message_type": "callback_reply",
        "callback_action": "detail",
        "content_preview": f"DETAILS {number}",
        "send_status": "sent",
        "queued_at": now() - timedelta(minutes=number),
        "incident_id": INCIDENT,
    }
    return OutboundMessage(**{**given, **values})


def write(*rows: OutboundMessage) -> None:
    """Write them."""
    OutboundMessage.objects.bulk_create(rows)


@pytest.fixture
def queue(monkeypatch):
    """A completion queue: what it answers (or raises), and what it was asked."""

    class Queue:
        answers: dict = {}
        asked: list = []
        error: Exception | None = None

        def __call__(self, keys):
            self.asked.append(list(keys))
            if self.error:
                raise self.error
            return self.answers

    made = Queue()
    made.answers, made.asked = {}, []
    monkeypatch.setattr(callbacks, "_contributions", [made])
    return made


def test_an_item_has_the_fields_of_the_contract(api, queue):
    sent_at = now()
    write(reply(sent_at=sent_at))
    answer = api.get(PATH).json()
    assert {key: answer[key] for key in ("total", "page", "per_page")} == {
        "total": 1,
        "page": 1,
        "per_page": 50,
    }
    (item,) = answer["items"]
    summary = item.pop("km_stale_completion_summary")
    assert item == {
        "message_id": str(OutboundMessage.objects.get().pk),
        "project_id": "awoooi",
        "run_id": None,
        "status": "sent",
        "action": "detail",
        "incident_id": INCIDENT,
        "event_at": sent_at.isoformat().replace("+00:00", "Z"),
        "content_preview": "DETAILS 0",
    }
    assert summary["work_item"] == {
        "schema_version": "km_stale_callback_owner_review_work_item_v1",
        "work_item_id": f"km-callback-owner-review:awoooi:{INCIDENT}",
        "kind": "km_stale_callback_owner_review",
        "status": "open",
        "project_id": "awoooi",
        "incident_id": INCIDENT,
        "reason": "no_matching_completion_item",
        "title": f"No owner review is about {INCIDENT}",
        "next_step": "review_or_queue_km_owner_review",
        "target_surface": "awooop_runs_callback_evidence",
        "target_href": f"/awooop/runs?project_id=awoooi&incident_id={INCIDENT}"
        "&callback_reply_status=sent",
        "writes_on_read": False,
        "manual_review_required": True,
        "batch_writes_allowed": False,
    }


def test_a_reply_of_no_incident_asks_nobody(api, queue):
    write(reply(incident_id=None))
    summary = api.get(PATH).json()["items"][0]["km_stale_completion_summary"]
    assert (summary["status"], summary["work_item"]) == ("no_incident", None)
    assert queue.asked == []


def test_related_reviews_are_shown_and_need_no_work_item(api, queue):
    items = [{"title": f"Entry {n}"} for n in range(3)]
    queue.answers = {
        ("awoooi", INCIDENT): Related(
            total=9, counts={"ready_count": 4, "pending_count": 5}, related_total=5,
            related_items=items,
        )
    }  # fmt: skip
    write(reply())
    summary = api.get(PATH).json()["items"][0]["km_stale_completion_summary"]
    expected = {
        "status": "matched_owner_review",
        "total": 9,
        "returned": 3,
        "ready_count": 4,
        "pending_count": 5,
        "failed_count": 0,
        "related_total": 5,
        "items_truncated": True,
        "related_items": items,
        "work_item": None,
        "writes_on_read": False,
    }
    assert {name: summary[name] for name in expected} == expected


@pytest.mark.parametrize("is_statement", [False, True])
def test_a_queue_that_cannot_be_read_spoils_nothing_else(api, queue, is_statement):
    def fail(keys):
        if is_statement:
            with connection.cursor() as cursor:
                cursor.execute("select 1/0")
        raise RuntimeError("a bug")

    callbacks._contributions[0] = fail
    write(reply())
    with read_only():
        (item,) = api.get(PATH).json()["items"]
    summary = item["km_stale_completion_summary"]
    assert (summary["status"], summary["reason"]) == (
        "fetch_failed",
        "completion_queue_fetch_failed",
    )
    assert summary["work_item"]["reason"] == "completion_queue_fetch_failed"


@pytest.mark.parametrize(
    ("state", "status"),
    [("sent", "sent"), ("queued", "queued"), ("sending", "queued"), ("failed", "failed"),
     ("dead", "failed")],
)  # fmt: skip
def test_delivery_is_told_in_three_words(api, queue, state, status):
    write(reply(send_status=state))
    assert api.get(PATH).json()["items"][0]["status"] == status
    assert len(api.get(PATH, callback_reply_status=status).json()["items"]) == 1
    others = {"sent", "queued", "failed"} - {status}
    assert all(api.get(PATH, callback_reply_status=o).json()["total"] == 0 for o in others)


def test_other_messages_and_incidents_are_left_out(api, queue):
    write(reply(), reply(1, incident_id="INC-20261101-ZZZZ"), reply(2, message_type="final"))
    assert api.get(PATH).json()["total"] == 2
    (item,) = api.get(PATH, incident_id=INCIDENT).json()["items"]
    assert item["incident_id"] == INCIDENT


def test_newest_first_by_page_and_cursor(api, queue):
    write(*(reply(number) for number in range(5)))
    first = api.get(PATH, per_page=2).json()
    second = api.get(PATH, per_page=2, cursor=first["next_cursor"]).json()
    texts = [item["content_preview"] for item in first["items"] + second["items"]]
    assert texts == ["DETAILS 0", "DETAILS 1", "DETAILS 2", "DETAILS 3"]
    assert api.get(PATH, per_page=2, page=2).json()["items"] == second["items"]


@pytest.mark.parametrize(
    ("query", "field"),
    [({"incident_id": "INC-1"}, "incident_id"), ({"callback_reply_status": "dead"},
      "callback_reply_status"), ({"page": 0}, "page"), ({"per_page": 201}, "per_page")],
)  # fmt: skip
def test_a_wrong_filter_is_named(api, queue, query, field):
    answer = api.get(PATH, **query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_another_project_s_replies_are_not_seen(api, queue, other_project):
    from awooop import tenancy

    with tenancy.scope(["other"]):
        write(reply(project_id="other"))
    assert api.get(PATH).json()["total"] == 0
    assert api.get(PATH, project_id="other").status_code == 404


@pytest.mark.parametrize("way", ["api", "page"])
def test_a_page_of_100_takes_the_statements_of_one_of_10(api, page, way):
    """With the real completion queue: knowledge's contribution is asked once for all."""

    def statements(count: int) -> int:
        OutboundMessage.objects.all().delete()
        write(*(reply(n, incident_id=f"INC-20261101-{n:04d}", run_id=None) for n in range(count)))
        with CaptureQueriesContext(connection) as caught:
            if way == "api":
                assert len(api.get(PATH, per_page=100).json()["items"]) == count
            else:
                assert page.get("/awooop/callbacks").status_code == 200
        return len(caught)

    statements(10)  # what is read once in a process
    assert statements(10) == statements(100 if way == "api" else 50)


def test_the_page_shows_review_and_work_item(page, queue):
    write(reply(), reply(1, incident_id=None, callback_action="history"))
    queue.answers = {
        ("awoooi", INCIDENT): Related(related_total=1, related_items=[
            {"title": "Disk full", "readiness": "ready", "href": "/knowledge/reviews/x"}
        ])
    }  # fmt: skip
    text = page.get("/awooop/callbacks").content.decode()
    assert '<a href="/knowledge/reviews/x">Disk full</a>' in text
    assert "Open work item" not in text


def test_the_page_leads_from_a_gap_to_its_work_item(page, queue):
    write(reply())
    text = page.get("/awooop/callbacks").content.decode()
    assert f"/awooop/runs?project_id=awoooi&amp;incident_id={INCIDENT}" in text
    assert "Open work item" in text


def test_the_page_says_when_there_is_nothing_and_when_filters_find_nothing(page, queue):
    assert "No button was answered yet" in page.get("/awooop/callbacks").content.decode()
    answer = page.get("/awooop/callbacks", {"callback_reply_status": "failed"})
    assert "No reply has these filters" in answer.content.decode()


def test_the_page_names_a_wrong_filter(page, queue):
    answer = page.get("/awooop/callbacks", {"incident_id": "nonsense"})
    assert answer.status_code == 422
    assert "INC-20261121-7QX2" in answer.content.decode()


def test_a_second_contributor_is_refused():
    with pytest.raises(ValueError, match="contributed already"):
        callbacks.contribute(lambda keys: {})
