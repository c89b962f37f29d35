from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from awooop.clock import now
from awooop.models import AuditRecord
from governance.models import CheckThreshold
from runs.models import Playbook
from tests.governance.rows import ask, playbook

pytestmark = pytest.mark.django_db


def result(**values):
    whole = {
        "checked": 0,
        "drifted": 0,
        "drift_ratio": 0.0,
        "auto_deprecated": 0,
        "kept": 0,
    }
    return {**whole, **values}


def test_no_playbooks(project):
    checked = ask("trust_drift")["awoooi"]
    assert checked.result == result()
    assert checked.findings == ()


@pytest.mark.parametrize(("trust", "drifted"), [("0.199", 1), ("0.200", 0), ("0.201", 0)])
def test_only_below_the_minimum_is_drifted(project, trust, drifted):
    playbook("one", trust)
    checked = ask("trust_drift")["awoooi"]
    assert checked.result["drifted"] == drifted
    assert len(checked.findings) == drifted


@pytest.mark.parametrize(
    ("unused_for", "status"),
    [
        (timedelta(days=30, seconds=1), "deprecated"),
        (timedelta(days=30) - timedelta(minutes=1), "approved"),
    ],
)
def test_a_drifted_playbook_unused_for_over_thirty_days_is_deprecated(project, unused_for, status):
    made = playbook("one", "0.1", last_used_at=now() - unused_for)
    ask("trust_drift")
    made.refresh_from_db()
    assert made.status == status


def test_one_never_used_counts_from_when_it_was_made(project):
    old = playbook("old", "0.1", last_used_at=None, created_at=now() - timedelta(days=31))
    new = playbook("new", "0.1", last_used_at=None, created_at=now() - timedelta(days=1))
    assert ask("trust_drift")["awoooi"].result["auto_deprecated"] == 1
    assert set(Playbook.objects.values_list("pk", "status")) == {
        (old.pk, "deprecated"),
        (new.pk, "approved"),
    }


def test_the_numbers_and_the_worst_are_told(project):
    playbook("good", "0.9")
    playbook("bad", "0.15")
    playbook("worse", "0.05")
    playbook("unused", "0.1", last_used_at=now() - timedelta(days=60))
    playbook("retired", "0.1", status="archived")
    checked = ask("trust_drift")["awoooi"]
    assert checked.result == result(
        checked=4, drifted=3, drift_ratio=0.75, auto_deprecated=1, kept=2
    )
    assert checked.findings[0].details["remediation"]["items"] == ["worse", "bad"]


def test_the_share_is_rounded_to_three_places(project):
    for n in range(3):
        playbook(f"p{n}", "0.1" if n == 0 else "0.9")
    assert ask("trust_drift")["awoooi"].result["drift_ratio"] == 0.333


def test_one_that_was_only_deprecated_leaves_no_finding(project):
    playbook("unused", "0.1", last_used_at=now() - timedelta(days=60))
    assert ask("trust_drift")["awoooi"].findings == ()


def test_a_deprecation_is_in_the_audit_chain(project):
    made = playbook("unused", "0.1", last_used_at=now() - timedelta(days=60))
    ask("trust_drift")
    record = AuditRecord.objects.get(action="playbook.auto_deprecate")
    assert (record.resource_id, record.actor_kind) == (str(made.pk), "system")


def test_looking_alone_changes_nothing(project):
    made = playbook("unused", "0.1", last_used_at=now() - timedelta(days=60))
    checked = ask("trust_drift", may_write=False)["awoooi"]
    made.refresh_from_db()
    assert made.status == "approved"
    assert checked.result == result(checked=1, drifted=1, drift_ratio=1.0, kept=1)


def test_a_projects_own_threshold_counts_for_it_alone(project, other_project):
    CheckThreshold.objects.create(
        project=project, name="trust_drift.minimum_score", value=Decimal("0.5")
    )
    playbook("one", "0.4")
    playbook("one", "0.4", "other")
    found = ask("trust_drift", "awoooi", "other")
    assert found["awoooi"].result["drifted"] == 1
    assert found["other"].result["drifted"] == 0


def test_another_projects_playbooks_do_not_count(project, other_project):
    playbook("bad", "0.1", "other")
    found = ask("trust_drift", "awoooi", "other")
    assert found["awoooi"].result == result()
    assert found["other"].result == result(checked=1, drifted=1, drift_ratio=1.0, kept=1)
