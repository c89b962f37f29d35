from __future__ import annotations

from datetime import timedelta

import pytest

from awooop import callers, clock, tenancy
from awooop.clock import now
from awooop.models import AuditRecord
from governance.actions import events
from governance.models import GovernanceEvent
from governance.self_checks import Finding
from runs.models import OutboundMessage
from tests import factories
from tests.runs.together import together

BY = callers.system("tests", ["awoooi"])


def finding(kind="trust_drift", subject="", **details):
    details = {"impact": "Something is off", "remediation": {"hint": "Mend it"}, **details}
    return Finding(kind, details, subject=subject)


def report(*findings, project="awoooi"):
    return events.report(by=BY, found={project: findings})


def alerts():
    return OutboundMessage.objects.filter(message_type="governance_alert")


@pytest.mark.django_db
def test_a_finding_opens_an_event_and_tells_a_person(project):
    report(finding())
    event = GovernanceEvent.objects.get()
    assert (event.event_type, event.severity, event.occurrences) == ("trust_drift", "warning", 1)
    assert (event.impact, event.remediation) == ("Something is off", "Mend it")
    assert "trust_drift: Something is off" in alerts().get().content


@pytest.mark.django_db
def test_the_same_finding_ten_times_is_one_event_and_one_message(project):
    for _ in range(10):
        report(finding())
    event = GovernanceEvent.objects.get()
    assert event.occurrences == 10
    assert alerts().count() == 1


@pytest.mark.django_db
def test_details_are_those_of_the_latest_finding(project):
    report(finding(ratio=0.3))
    report(finding(ratio=0.4, impact="Worse"))
    event = GovernanceEvent.objects.get()
    assert (event.details["ratio"], event.impact) == (0.4, "Worse")


@pytest.mark.django_db
def test_two_subjects_are_two_events(project):
    report(finding("slo_violation", "autonomy_rate"), finding("slo_violation", "km_growth_rate"))
    assert GovernanceEvent.objects.count() == 2
    assert alerts().count() == 1


@pytest.mark.django_db
def test_a_person_is_told_again_when_it_becomes_graver(project):
    report(finding(severity="warning"))
    report(finding(severity="critical"))
    report(finding(severity="warning"))
    assert alerts().count() == 2
    assert GovernanceEvent.objects.get().severity == "warning"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("later", "messages"),
    [(timedelta(hours=23, minutes=59), 1), (timedelta(hours=24), 2)],
)
def test_a_person_is_told_again_after_a_day(project, later, messages):
    opened = now()
    with clock.set_to(opened):
        report(finding())
    with clock.set_to(opened + later):
        report(finding())
    assert alerts().count() == messages


@pytest.mark.django_db
def test_a_suppressed_finding_opens_nothing(project):
    report(Finding("trust_drift", {}, suppressed=True))
    assert not GovernanceEvent.objects.exists()


@pytest.mark.django_db
def test_a_suppressed_finding_is_counted_on_an_open_event_in_silence(project):
    opened = now()
    with clock.set_to(opened):
        report(finding())
    with clock.set_to(opened + timedelta(days=2)):
        report(Finding("trust_drift", {"impact": "still"}, suppressed=True))
    assert GovernanceEvent.objects.get().occurrences == 2
    assert alerts().count() == 1


@pytest.mark.django_db
def test_an_impact_is_one_line_of_at_most_eighty_characters(project):
    report(finding(impact="long\nline " * 40))
    impact = GovernanceEvent.objects.get().impact
    assert len(impact) == 80
    assert "\n" not in impact


@pytest.mark.django_db
def test_an_opened_event_is_in_the_audit_chain(project):
    report(finding())
    record = AuditRecord.objects.get(action="governance.event.open")
    assert record.resource_id == str(GovernanceEvent.objects.get().pk)


@pytest.mark.django_db
def test_the_statements_do_not_grow_with_projects_or_findings(
    project, other_project, django_assert_max_num_queries
):
    some = [finding("slo_violation", f"slo{n}") for n in range(40)]
    with tenancy.scope(["awoooi", "other"]):
        events.report(by=BY, found={"awoooi": some[:1], "other": some[:1]})
        with django_assert_max_num_queries(60) as counted:
            events.report(by=BY, found={"awoooi": some[:2]})
        with django_assert_max_num_queries(len(counted)):
            events.report(by=BY, found={"awoooi": some})


@pytest.mark.usefixtures("truncatable")
def test_eight_reports_at_once_make_one_event():
    factories.project("awoooi")

    def one():
        with tenancy.scope(["awoooi"]):
            report(finding())

    together([one] * 8)
    with tenancy.scope(["awoooi"]):
        assert GovernanceEvent.objects.get().occurrences == 8
        assert alerts().count() == 1
