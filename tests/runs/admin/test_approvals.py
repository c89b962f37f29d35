from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from awooop import clock
from awooop.models import AuditRecord
from runs.models import Approval, ApprovalToken, ApprovalVote, Run
from tests import factories

LIST = reverse("admin:runs_approval_changelist")


@pytest.fixture
def approval(key):
    return factories.waiting(key)


def _act(approval, name: str) -> str:
    return reverse("admin:runs_approval_act", args=[approval.pk, name])


def _seen(approval) -> dict[str, str]:
    return {f"seen_{approval.pk}": approval.digest, "apply": "1"}


def test_approving_is_by_the_action(staff_page, operator, approval):
    answer = staff_page.post(_act(approval, "approve"), {**_seen(approval), "reason": "fine"})
    assert answer.status_code == 302
    approval.refresh_from_db()
    assert approval.status == "approved"
    assert Run.objects.get(pk=approval.run_id).state == "running"
    assert ApprovalToken.objects.filter(approval=approval).count() == 1
    record = AuditRecord.objects.get(action="run.approval.approve")
    assert record.actor == operator.email


def test_rejecting_several_from_the_list_is_by_the_action(staff_page, key):
    rows = [factories.waiting(key), factories.waiting(key)]
    chosen = {"action": "reject", "_selected_action": [str(row.pk) for row in rows]}
    asked = staff_page.post(LIST, chosen)
    assert all(row.digest in asked.content.decode() for row in rows)
    sent = {**chosen, **_seen(rows[0]), **_seen(rows[1]), "reason": "no"}
    assert staff_page.post(LIST, sent).status_code == 302
    assert set(Approval.objects.values_list("status", flat=True)) == {"rejected"}


def test_a_changed_approval_is_not_decided(staff_page, approval):
    sent = {f"seen_{approval.pk}": "0" * 64, "apply": "1"}
    answer = staff_page.post(_act(approval, "approve"), sent)
    assert answer.status_code == 409
    assert "changed since" in answer.content.decode()
    approval.refresh_from_db()
    assert approval.status == "pending"


def test_a_decision_without_what_was_seen_is_refused(staff_page, approval):
    answer = staff_page.post(_act(approval, "approve"), {"apply": "1"})
    assert answer.status_code == 409


def test_an_overdue_approval_is_refused_in_words(staff_page, approval):
    with clock.set_to(approval.expires_at + timedelta(seconds=1)):
        answer = staff_page.post(_act(approval, "approve"), _seen(approval))
    assert answer.status_code == 409
    assert "time is over" in answer.content.decode()


def test_some_refused_do_not_stop_the_rest(staff_page, key):
    decided, waiting = factories.waiting(key), factories.waiting(key)
    staff_page.post(_act(decided, "approve"), _seen(decided))
    sent = {
        "action": "approve",
        "_selected_action": [str(decided.pk), str(waiting.pk)],
        **_seen(decided),
        **_seen(waiting),
    }
    answer = staff_page.post(LIST, sent, follow=True)
    assert "nothing waits" in answer.content.decode()
    waiting.refresh_from_db()
    assert waiting.status == "approved"


def test_extending_is_by_the_action(staff_page, approval):
    before = approval.expires_at
    sent = {"apply": "1", "minutes": "30", "reason": "the on-call is under way"}
    assert staff_page.post(_act(approval, "extend"), sent).status_code == 302
    approval.refresh_from_db()
    assert approval.expires_at == before + timedelta(minutes=30)


def test_an_extension_without_a_reason_is_an_error_of_the_form(staff_page, approval):
    answer = staff_page.post(_act(approval, "extend"), {"apply": "1", "minutes": "30"})
    assert answer.status_code == 422


def test_a_viewer_on_staff_decides_nothing(client, approval):
    account = factories.user("viewer@example.org", awoooi="viewer")
    account.is_staff = True
    account.save()
    client.force_login(account)
    change = reverse("admin:runs_approval_change", args=[approval.pk])
    shown = client.get(change)
    assert shown.status_code == 200
    assert _act(approval, "approve") not in shown.content.decode()
    assert client.post(_act(approval, "approve"), _seen(approval)).status_code == 403
    sent = {"action": "approve", "_selected_action": [str(approval.pk)], **_seen(approval)}
    client.post(LIST, sent)
    assert not ApprovalVote.objects.exists()


def test_an_approval_of_another_project_is_not_there(other_project, staff_page):
    with_key = factories.api_key("other")
    from awooop import tenancy

    with tenancy.scope(["other"]):
        hidden = factories.waiting(with_key, "other")
    assert staff_page.get(_act(hidden, "approve")).status_code == 404
    assert staff_page.post(_act(hidden, "approve"), _seen(hidden)).status_code == 404
    sent = {"action": "approve", "_selected_action": [str(hidden.pk)], **_seen(hidden)}
    staff_page.post(LIST, sent)
    with tenancy.scope(["other"]):
        hidden.refresh_from_db()
    assert hidden.status == "pending"


def test_an_unknown_act_is_not_found(staff_page, approval):
    assert staff_page.get(_act(approval, "bless")).status_code == 404


def test_the_page_shows_votes_and_token(staff_page, approval):
    staff_page.post(_act(approval, "approve"), {**_seen(approval), "reason": "because it burns"})
    change = reverse("admin:runs_approval_change", args=[approval.pk])
    shown = staff_page.get(change).content.decode()
    assert "because it burns" in shown
    assert str(ApprovalToken.objects.get().jti) in shown


def test_the_list_narrows_to_what_waits(staff_page, key):
    decided, waiting = factories.waiting(key), factories.waiting(key)
    staff_page.post(_act(decided, "approve"), _seen(decided))
    listed = staff_page.get(LIST, {"waiting": "yes"}).context["cl"].result_list
    assert [row.pk for row in listed] == [waiting.pk]
