from __future__ import annotations

import pytest

from awooop import callers
from awooop.errors import Conflict, Invalid, NotAllowed, NotFound
from awooop.models import AuditRecord
from governance.actions import events
from governance.models import GovernanceEvent
from governance.self_checks import Finding
from tests import factories

BY = callers.system("tests", ["awoooi"])
pytestmark = pytest.mark.django_db


@pytest.fixture
def event(project):
    events.report(by=BY, found={"awoooi": [Finding("trust_drift", {"impact": "off"})]})
    return GovernanceEvent.objects.get()


def looked_for(*findings):
    return events.resolve_gone(by=BY, found={"awoooi": findings}, owned={"awoooi": ["trust_drift"]})


def test_what_is_no_longer_found_is_resolved_by_the_system(event):
    looked_for()
    event.refresh_from_db()
    assert (event.resolved, event.resolved_by) == (True, "system")


def test_what_is_still_found_stays_open(event):
    looked_for(Finding("trust_drift", {}))
    event.refresh_from_db()
    assert not event.resolved


def test_a_suppressed_finding_keeps_an_event_open(event):
    looked_for(Finding("trust_drift", {}, suppressed=True))
    event.refresh_from_db()
    assert not event.resolved


def test_what_was_not_looked_for_stays_open(event):
    events.resolve_gone(by=BY, found={"awoooi": []}, owned={"awoooi": ["silent_approval"]})
    event.refresh_from_db()
    assert not event.resolved


def test_what_comes_back_opens_a_new_event(event):
    looked_for()
    events.report(by=BY, found={"awoooi": [Finding("trust_drift", {})]})
    assert GovernanceEvent.objects.count() == 2
    assert GovernanceEvent.objects.get(resolved=False).occurrences == 1


def test_a_person_resolves_with_a_note(event, operator):
    by = factories.caller_of_user(operator)
    events.resolve(by=by, event_id=event.pk, note=" known, ticket 12 ")
    event.refresh_from_db()
    assert (event.resolved_by, event.resolution_note) == (operator.email, "known, ticket 12")
    record = AuditRecord.objects.get(action="governance.event.resolve")
    assert record.details["note"] == "known, ticket 12"


def test_a_resolved_one_cannot_be_resolved_again(event, operator):
    by = factories.caller_of_user(operator)
    events.resolve(by=by, event_id=event.pk, note="done")
    with pytest.raises(Conflict) as refused:
        events.resolve(by=by, event_id=event.pk, note="done")
    assert refused.value.code == "already_resolved"


@pytest.mark.parametrize("note", ["", "   ", "x" * 501])
def test_a_note_is_needed_and_bounded(event, operator, note):
    with pytest.raises(Invalid):
        events.resolve(by=factories.caller_of_user(operator), event_id=event.pk, note=note)
    event.refresh_from_db()
    assert not event.resolved


def test_a_viewer_may_not_resolve(event):
    viewer = factories.caller_of_user(factories.user(awoooi="viewer"))
    with pytest.raises(NotAllowed):
        events.resolve(by=viewer, event_id=event.pk, note="no")


def test_another_projects_operator_does_not_see_it(event, other_project):
    stranger = factories.caller_of_user(factories.user(other="operator"))
    with pytest.raises(NotFound):
        events.resolve(by=stranger, event_id=event.pk, note="no")
