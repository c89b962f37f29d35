"""`manage.py decide`: by the page's rules, in an operator's name."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from awooop.models import AuditRecord
from runs.models import Approval, ApprovalStatus
from tests import factories


@pytest.fixture
def approval(key):
    return factories.waiting(key, arguments={"replicas": 3})


def decide(capsys, *arguments) -> str:
    call_command("decide", *map(str, arguments))
    return capsys.readouterr().out


def test_the_list_shows_the_exact_action(capsys, approval):
    text = decide(capsys, "list")
    for piece in (str(approval.pk), approval.digest[:16], "kubectl.restart", '"replicas": 3'):
        assert piece in text


def test_the_list_as_json(capsys, approval):
    (row,) = json.loads(decide(capsys, "list", "--json"))["approvals"]
    assert row["digest"] == approval.digest


def test_an_empty_list_says_so(capsys, project):
    assert "Nothing waits" in decide(capsys, "list")


def test_an_operator_decides(capsys, operator, approval):
    by = ["--by", operator.email, "--digest", approval.digest[:16], "--reason", "Pages are down"]
    assert "approved" in decide(capsys, "approve", approval.pk, *by)
    approval.refresh_from_db()
    assert approval.status == ApprovalStatus.APPROVED
    record = AuditRecord.objects.get(action="run.approval.approve")
    assert record.actor == f"{operator.email} (terminal)"
    assert record.details["reason"] == "Pages are down"


@pytest.mark.parametrize(
    ("email", "digest", "said"),
    [
        ("viewer@example.org", None, "does not allow this"),
        ("nobody@example.org", None, "no active account"),
        ("operator@example.org", "f" * 16, "digest is another"),
        ("operator@example.org", "", "--digest"),
        ("", None, "--by"),
    ],
)
def test_what_is_refused_says_why(operator, approval, email, digest, said):
    factories.user("viewer@example.org", awoooi="viewer")
    shown = approval.digest[:16] if digest is None else digest
    with pytest.raises(CommandError, match=said):
        call_command("decide", "reject", str(approval.pk), "--by", email, "--digest", shown)
    assert Approval.objects.get().status == ApprovalStatus.PENDING


def test_a_critical_one_is_decided_on_the_page(operator, key):
    asked = factories.waiting(key, risk_level="critical")
    given = ["--by", operator.email, "--digest", asked.digest]
    with pytest.raises(CommandError, match="Confirm first"):
        call_command("decide", "approve", str(asked.pk), *given)
