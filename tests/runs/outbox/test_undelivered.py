"""What was not delivered: the page, the API's list, the count in the navigation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import clock
from runs.models import ChannelHealth, OutboundMessage
from runs.selectors import outbox
from tests.runs.outbox.messages import queue
from tests.runs.transactions import read_only

OUTBOX = "/awooop/outbox"


def make(status: str = "dead", **values) -> OutboundMessage:
    text = values.pop("text", status)
    message = queue(text)
    OutboundMessage.objects.filter(pk=message.pk).update(
        send_status=status, **{"next_attempt_at": None, **values}
    )
    return message


def text(page, status_code: int = 200, **query) -> str:
    response = page.get(OUTBOX, query)
    assert response.status_code == status_code
    return response.content.decode()


def test_what_failed_is_listed_with_its_reason_and_a_button(page, project):
    message = make(text="disk-full", send_error="Forbidden: bot was blocked by the user")
    found = text(page)
    assert "disk-full" in found
    assert "bot was blocked" in found
    assert f"/awooop/outbox/{message.pk}/retry" in found


def test_what_arrived_is_not_listed(page, project):
    make("sent", text="by-telegram")
    make("dead", text="by-fallback", fallback_sent_at=clock.now())
    found = text(page)
    assert "by-telegram" not in found
    assert "by-fallback" not in found
    assert "Nothing is undelivered" in found


def test_what_waits_is_listed_once_it_is_late(page, project):
    message = queue("still-here")
    assert "still-here" not in text(page)
    with clock.set_to(message.queued_at + timedelta(minutes=2, seconds=1)):
        assert "still-here" in text(page)


def test_an_edit_of_a_card_is_not_missed(page, project):
    make("dead", text="decided", edits=make("sent"))
    assert "decided" not in text(page)


def test_an_unknown_outcome_is_told(page, project):
    make(unknown_attempts=1)
    assert "The outcome of 1 attempt is unknown" in text(page)


def test_filters(page, project):
    make("dead", text="dead-one")
    make("failed", text="failed-one", message_type="report", channel_type="slack")
    assert "failed-one" not in text(page, status="dead")
    assert "dead-one" not in text(page, message_type="report")
    assert "dead-one" not in text(page, channel="slack")
    assert "No undelivered message has these filters" in text(page, channel="pigeon")


@pytest.mark.parametrize("name", ["status", "message_type", "message_id", "cursor"])
def test_a_filter_that_cannot_be_is_named(page, project, name):
    assert "Nothing is listed" in text(page, 422, **{name: "nonsense"})


def test_a_link_to_one_message_stays_good(page, project):
    message = make("sent", text="a\nlong-message")
    assert "long-message" in text(page, message_id=str(message.pk))


def test_other_projects_messages_are_not_listed(page, other_project):
    from awooop import tenancy

    with tenancy.scope(["other"]):
        message = queue("not-yours", project_id="other")
        OutboundMessage.objects.filter(pk=message.pk).update(send_status="dead")
    assert "not-yours" not in text(page)
    assert "not-yours" not in text(page, message_id=str(message.pk))


def test_a_viewer_has_no_button(project, client):
    from tests import factories

    make()
    client.force_login(factories.user("viewer@example.org", awoooi="viewer"))
    assert "Send again" not in text(client)


def test_a_channel_that_is_down_is_said_so(page, project, settings):
    settings.OUTBOX_CHANNELS = ("telegram",)
    assert "does not answer" not in text(page)
    ChannelHealth.objects.create(
        channel_type="telegram", faults=2, down_since=clock.now(), last_error="no connection"
    )
    assert "does not answer" in text(page)


def test_where_nothing_is_configured_the_page_says_so(page, project, settings):
    settings.OUTBOX_CHANNELS = settings.FALLBACK_NOTIFY_URLS = ()
    assert "Nothing leaves this installation" in text(page)


def test_pages_are_walked_by_cursor(api, project):
    at = clock.now()
    for number in range(5):
        with clock.set_to(at + timedelta(seconds=number)):
            make(text=str(number))
    seen, cursor = [], None
    for _ in range(3):
        body = api.get("/platform/outbox", per_page=2, **({"cursor": cursor} if cursor else {}))
        seen += [row["content_preview"] for row in body.json()["messages"]]
        cursor = body.json()["next_cursor"]
    assert (seen, cursor) == (["4", "3", "2", "1", "0"], None)


def test_the_api_tells_the_channels_and_the_total(api, project, settings):
    settings.OUTBOX_CHANNELS = ("telegram",)
    make()
    body = api.get("/platform/outbox").json()
    assert (body["total"], body["channels"][0]["state"]) == (1, "ok")
    assert api.get("/platform/outbox", status="sent").status_code == 422
    assert api.get("/platform/outbox", project_id="nobodys").status_code == 404


def test_reading_writes_nothing(project):
    make()
    with read_only():
        assert outbox.count_undelivered(["awoooi"]) == 1
        assert outbox.channels() is not None


def test_a_page_of_many_costs_as_many_queries_as_one_of_few(page, project):
    def count() -> int:
        with CaptureQueriesContext(connection) as context:
            text(page)
        return len(context)

    make()
    text(page)
    few = count()
    for _ in range(10):
        make()
    assert count() == few


def _many() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into runs_outboundmessage (message_id, project_id, channel_type, message_type,
                 recipient, content, content_preview, buttons, send_status, attempt_count,
                 queued_at)
               select gen_random_uuid(), 'awoooi', 'telegram', 'final', '1', '', '', '[]', 'sent',
                 1, now() - n * interval '1 second' from generate_series(1, 20000) n"""
        )
        cursor.execute("set constraints all immediate")
        cursor.execute("analyze runs_outboundmessage")


def test_neither_the_list_nor_a_delivery_reads_what_was_sent(page, project, settings, bot):
    from runs.outbox import claims, delivery

    _many()
    make()
    queue()
    with CaptureQueriesContext(connection) as context:
        text(page)
        delivery._projects_with_due()
        claims.take("awoooi", delivery._routes("awoooi"))
    plans = []
    for query in context.captured_queries:
        if 'from "runs_outboundmessage"' in query["sql"].lower():
            with connection.cursor() as cursor:
                cursor.execute(f"explain {query['sql']}")
                plans.append("\n".join(row[0] for row in cursor.fetchall()))
    assert len(plans) >= 4
    assert [plan for plan in plans if "Seq Scan on runs_outboundmessage" in plan] == []
