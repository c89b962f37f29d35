from __future__ import annotations

from decimal import Decimal

import pytest

from governance.models import CheckThreshold
from tests.governance.rows import ask, evidence, executions, playbook

pytestmark = pytest.mark.django_db


def verified(failed: int, total: int) -> list[str | None]:
    return ["failed"] * failed + ["success"] * (total - failed)


@pytest.mark.parametrize(
    ("failed", "total", "rate", "alerts"),
    [
        (0, 0, 0.0, 0),
        (9, 100, 0.09, 0),
        (10, 100, 0.1, 0),
        (11, 100, 0.11, 1),
        (1, 3, 0.333, 1),
        (2, 3, 0.667, 1),
    ],
)
def test_the_share_of_failed_verifications(project, failed, total, rate, alerts):
    evidence(verified(failed, total))
    checked = ask("llm_hallucination")["awoooi"]
    assert checked.result == {"total": total, "failed": failed, "rate": rate}
    assert len(checked.findings) == alerts


def test_only_the_latest_hundred_verifications_count(project):
    evidence([*verified(10, 100), "failed"])
    checked = ask("llm_hallucination")["awoooi"]
    assert checked.result == {"total": 100, "failed": 10, "rate": 0.1}


def test_evidence_without_a_result_is_passed_over(project):
    evidence([None] * 50 + ["failed"] * 11 + ["success"] * 89 + ["failed"])
    assert ask("llm_hallucination")["awoooi"].result["failed"] == 11


def test_degraded_and_timed_out_verifications_are_not_failed(project):
    evidence(["degraded", "timeout", "success"])
    assert ask("llm_hallucination")["awoooi"].result == {"total": 3, "failed": 0, "rate": 0.0}


def test_another_projects_evidence_does_not_count(project, other_project):
    evidence(["failed"] * 5, "other")
    found = ask("llm_hallucination", "awoooi", "other")
    assert found["awoooi"].result == {"total": 0, "failed": 0, "rate": 0.0}
    assert found["other"].result["failed"] == 5


@pytest.mark.parametrize(
    ("failed", "total", "rate", "alerts"),
    [(0, 0, 0.0, 0), (14, 100, 0.14, 0), (15, 100, 0.15, 0), (16, 100, 0.16, 1), (1, 6, 0.167, 1)],
)
def test_the_share_of_failed_executions(project, failed, total, rate, alerts):
    executions([False] * failed + [True] * (total - failed))
    checked = ask("execution_blast_radius")["awoooi"]
    assert checked.result == {"total": total, "failed": failed, "rate": rate}
    assert len(checked.findings) == alerts


def test_only_the_latest_hundred_executions_count(project):
    executions([False] * 15 + [True] * 85 + [False])
    assert ask("execution_blast_radius")["awoooi"].result["failed"] == 15


def test_the_playbooks_that_fail_most_are_named(project):
    executions([False] * 3, playbook=playbook("drain", "0.5"))
    executions([False] * 5, playbook=playbook("restart", "0.5"))
    executions([True] * 9, playbook=playbook("scale", "0.5"))
    (finding,) = ask("execution_blast_radius")["awoooi"].findings
    assert finding.details["actionable"]["items"] == [
        {"playbook": "restart", "failed": 5},
        {"playbook": "drain", "failed": 3},
    ]
    assert "restart" in finding.details["impact"]


def test_failures_without_a_playbook_are_told_too(project):
    executions([False] * 5)
    (finding,) = ask("execution_blast_radius")["awoooi"].findings
    assert finding.details["remediation"]["items"] == []


def test_a_projects_own_window_and_rate(project):
    CheckThreshold.objects.create(
        project=project, name="execution_blast_radius.window", value=Decimal(10)
    )
    CheckThreshold.objects.create(
        project=project, name="execution_blast_radius.rate", value=Decimal("0.5")
    )
    executions([False] * 5 + [True] * 5 + [False] * 90)
    checked = ask("execution_blast_radius")["awoooi"]
    assert checked.result == {"total": 10, "failed": 5, "rate": 0.5}
    assert checked.findings == ()
