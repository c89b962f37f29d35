"""More time for a waiting approval, with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from awooop import clock
from awooop.models import AuditRecord
from tests import factories


@pytest.fixture
def approval(key):
    return factories.waiting(key)


def path(approval) -> str:
    return f"/awooop/approvals/{approval.pk}/extend"


def test_the_form_is_shown_with_what_was_typed_in_the_inbox(page, approval):
    text = page.get(path(approval), {"reason": "Busy"}).content.decode()
    assert 'value="Busy"' in text
    assert 'name="minutes"' in text


def test_the_inbox_button_without_scripts_shows_the_form_and_changes_nothing(page, approval):
    answer = page.post(path(approval), {"extend": "1", "reason": "Busy"})
    assert answer.status_code == 200
    assert 'value="Busy"' in answer.content.decode()
    assert approval.expires_at == type(approval).objects.get().expires_at


def test_the_inbox_button_with_htmx_leads_to_the_form_with_the_typed_reason(page, approval):
    body = {"extend": "1", "reason": "needs a look"}
    answer = page.post(path(approval), body, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == f"{path(approval)}?reason=needs+a+look"


def test_it_gives_more_time_and_leaves_an_audit_record(page, approval):
    before = approval.expires_at
    answer = page.post(path(approval), {"minutes": "45", "reason": "Owner is on the way"})
    assert answer.status_code == 302
    approval.refresh_from_db()
    assert approval.expires_at - before == timedelta(minutes=45)
    record = AuditRecord.objects.get(action="run.approval.extend")
    assert record.details["reason"] == "Owner is on the way"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"minutes": "0", "reason": "x"}, "id_minutes_error"),
        ({"minutes": "abc", "reason": "x"}, "id_minutes_error"),
        ({"minutes": "50000", "reason": "x"}, "id_minutes_error"),
        ({"minutes": "5", "reason": "  "}, "id_reason_error"),
        ({"minutes": "5", "reason": "x" * 501}, "id_reason_error"),
    ],
)
def test_what_makes_no_sense_is_422_and_names_the_field(page, approval, body, field):
    answer = page.post(path(approval), body)
    assert answer.status_code == 422
    assert f'id="{field}"' in answer.content.decode()


def test_an_overdue_one_is_not_extended(page, approval):
    with clock.set_to(approval.expires_at + timedelta(seconds=1)):
        answer = page.post(path(approval), {"minutes": "5", "reason": "x"})
    assert answer.status_code == 409
    assert "time is over" in answer.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_viewer_may_not(approval, method):
    client = Client()
    client.force_login(factories.user("viewer@example.org", awoooi="viewer"))
    answer = getattr(client, method)(path(approval), {"minutes": "5", "reason": "x"})
    assert answer.status_code == 403
