"""Having a message sent again: the same by page, API and admin."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from awooop.errors import Conflict
from awooop.models import AuditRecord, Project
from runs.actions import outbox
from runs.models import OutboundMessage
from runs.outbox import claims, delivery
from runs.outbox.delivery import deliver
from tests import factories
from tests.runs.outbox.conftest import name_chat
from tests.runs.outbox.messages import fresh, outcome, queue

GONE = "Bad Request: chat not found"


@pytest.fixture
def dead(bot, chat):
    message = queue()
    bot.refuse(400, GONE)
    deliver()
    return message


def by(account):
    return factories.caller_of_user(account)


def test_it_goes_out_with_fresh_attempts(bot, dead, operator):
    outbox.retry(by=by(operator), message_id=dead.pk)
    assert deliver() == outcome(sent=1)
    assert (fresh(dead).send_status, fresh(dead).attempt_count) == ("sent", 1)


def test_it_goes_to_where_the_operators_are_now(bot, dead, operator):
    name_chat("awoooi", "-42", version=2)
    outbox.retry(by=by(operator), message_id=dead.pk)
    deliver()
    assert bot.sent[0].body["chat_id"] == -42


def test_it_is_audited(dead, operator):
    outbox.retry(by=by(operator), message_id=dead.pk)
    record = AuditRecord.objects.get(action="message.retry")
    assert (record.resource_id, record.actor) == (str(dead.pk), operator.email)
    assert record.details["send_error"] == GONE


def test_what_was_sent_is_not_sent_again(bot, chat, operator):
    message = queue()
    deliver()
    with pytest.raises(Conflict) as refused:
        outbox.retry(by=by(operator), message_id=message.pk)
    assert refused.value.code == "already_sent"


def test_what_is_being_sent_is_left_alone(bot, chat, operator):
    message = queue()
    claims.take("awoooi", delivery._routes("awoooi"))
    with pytest.raises(Conflict) as refused:
        outbox.retry(by=by(operator), message_id=message.pk)
    assert refused.value.code == "being_sent"


def test_nothing_leaves_a_project_that_is_switched_off(dead, operator):
    Project.objects.update(is_active=False)
    with pytest.raises(Conflict) as refused:
        outbox.retry(by=by(operator), message_id=dead.pk)
    assert refused.value.code == "project_inactive"


def retry_path(message: OutboundMessage) -> str:
    return reverse("message-retry", args=[message.pk])


def test_an_operator_retries_on_the_page_and_returns_to_the_list(page, dead):
    answer = page.post(retry_path(dead), {"next": "/awooop/outbox?status=dead"})
    assert (answer.status_code, answer["Location"]) == (302, "/awooop/outbox?status=dead")
    assert fresh(dead).send_status == "queued"


def test_the_page_does_not_lead_elsewhere(page, dead):
    answer = page.post(retry_path(dead), {"next": "https://evil.example.org/"})
    assert answer["Location"] == reverse("outbox")


def test_a_viewer_may_not(dead):
    client = Client()
    client.force_login(factories.user("viewer@example.org", awoooi="viewer"))
    assert client.post(retry_path(dead)).status_code == 403
    assert fresh(dead).send_status == "dead"


def test_who_does_not_see_the_project_finds_nothing(dead, other_project):
    client = Client()
    client.force_login(factories.user("someone@example.org", other="operator"))
    assert client.post(retry_path(dead)).status_code == 404


def test_by_the_api(api, dead):
    answer = api.post(f"/platform/messages/{dead.pk}/retry")
    assert answer.status_code == 200
    assert answer.json()["send_status"] == "queued"
    assert api.post(f"/platform/messages/{dead.project_id}/retry").status_code == 422


def test_the_api_refuses_what_was_sent(api, bot, chat):
    message = queue()
    deliver()
    answer = api.post(f"/platform/messages/{message.pk}/retry")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_sent")


def test_the_api_asks_for_the_scope(dead):
    api = factories.ApiClient(factories.api_key(scopes=["read", "ingest", "decide"]))
    answer = api.post(f"/platform/messages/{dead.pk}/retry")
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_in_the_admin(page, operator, dead):
    operator.is_staff = True
    operator.save()
    listed = page.get(reverse("admin:runs_outboundmessage_changelist"), {"queue": "undelivered"})
    assert str(dead.pk) in listed.content.decode()
    path = reverse("admin:runs_outboundmessage_act", args=[dead.pk, "retry"])
    assert page.post(path, {"apply": "1"}).status_code == 302
    assert fresh(dead).send_status == "queued"
