"""A critical approval asks a person for a proof that is not old."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from awooop import clock
from awooop.clock import now
from awooop.confirmation import NotConfirmed
from awooop.models import AuditRecord
from runs.actions import approvals
from runs.models import Approval
from tests import factories

LATER = timedelta(minutes=16)
PASSWORD = "a long enough password"


@pytest.fixture
def critical(key) -> Approval:
    """A critical approval that waits."""
    return factories.waiting(key, risk_level="critical")


def decide(page, approval, **form):
    url = f"/awooop/approvals/{approval.pk}/decide?digest={approval.digest}"
    return page.post(url, {"decision": "approve", "reason": "I have seen it", **form})


def test_right_after_the_sign_in_nothing_is_asked(page, critical):
    assert 'name="confirm_with"' not in page.get("/awooop/approvals").content.decode()
    assert decide(page, critical).status_code == 302
    critical.refresh_from_db()
    assert critical.status == "approved"


def test_later_it_asks_and_keeps_what_was_typed(page, critical):
    with clock.set_to(now() + LATER):
        assert 'name="confirm_with"' in page.get("/awooop/approvals").content.decode()
        answer = decide(page, critical)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Confirm first that it is you" in text
    assert 'value="I have seen it"' in text
    critical.refresh_from_db()
    assert critical.status == "pending"


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_the_password_beside_the_decision_is_enough(page, critical, decision):
    with clock.set_to(now() + LATER):
        assert decide(page, critical, decision=decision, confirm_with=PASSWORD).status_code == 302
        critical.refresh_from_db()
        assert critical.status in ("approved", "rejected")
        # It counts from now on.
        assert page.get("/confirm").status_code == 200


def test_a_wrong_one_decides_nothing_and_is_on_record(page, critical):
    with clock.set_to(now() + LATER):
        answer = decide(page, critical, confirm_with="guess")
    assert answer.status_code == 422
    assert "neither your password" in answer.content.decode()
    critical.refresh_from_db()
    assert critical.status == "pending"
    record = AuditRecord.objects.get(action="account.sign_in.fail")
    assert record.details["step"] == "confirm"


def test_guessing_has_an_end(page, critical):
    with clock.set_to(now() + LATER):
        for _ in range(10):
            decide(page, critical, confirm_with="guess")
        answer = decide(page, critical, confirm_with=PASSWORD)
    assert "Too many tries" in answer.content.decode()
    critical.refresh_from_db()
    assert critical.status == "pending"


def test_another_way_leads_there_and_back_with_the_reason(page, critical):
    with clock.set_to(now() + LATER):
        there = decide(page, critical, confirm_elsewhere="1")["Location"]
        back = page.post(there, {"confirm_with": PASSWORD})
        assert (there.split("?")[0], back.status_code) == ("/confirm", 302)
        text = page.get(back["Location"]).content.decode()
    assert 'value="I have seen it"' in text
    assert 'name="confirm_with"' not in text


def test_the_page_leads_nowhere_else(page):
    answer = page.post("/confirm?next=//evil.example/", {"confirm_with": PASSWORD})
    assert answer["Location"] == "/profile"


@pytest.mark.parametrize("risk", ["low", "medium", "high"])
def test_what_is_not_critical_asks_for_nothing(page, key, risk):
    approval = factories.waiting(key, risk_level=risk)
    with clock.set_to(now() + LATER):
        assert decide(page, approval).status_code == 302


def test_the_rule_stands_in_the_action_whoever_calls_it(operator, critical):
    stale = replace(factories.caller_of_user(operator), confirmed_at=None)
    for by in (stale, replace(stale, kind="telegram")):
        with pytest.raises(NotConfirmed):
            approvals.decide(by=by, approval_id=critical.pk, decision="approve")


def test_the_administration_is_no_way_round(client, project, critical):
    root = factories.user("root@example.org", is_superuser=True)
    client.force_login(root)
    url = f"/admin/runs/approval/{critical.pk}/act/approve/"
    form = {"apply": "1", "reason": "", f"seen_{critical.pk}": critical.digest}
    with clock.set_to(now() + LATER):
        answer = client.post(url, form)
    assert answer.status_code == 403
    critical.refresh_from_db()
    assert critical.status == "pending"


def test_a_key_is_its_own_proof(critical):
    decider = factories.ApiClient(factories.api_key("awoooi", scopes=("decide",)))
    body = {"project_id": "awoooi", "decision": "approve"}
    path = f"/platform/approvals/{critical.run_id}/decide"
    with clock.set_to(now() + LATER):
        assert decider.post(path, body).status_code == 200


def test_it_can_be_switched_off(page, critical, settings):
    settings.CONFIRM_MINUTES = 0
    with clock.set_to(now() + LATER):
        assert decide(page, critical).status_code == 302
