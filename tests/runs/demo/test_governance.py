"""The month's self-checks: they agree with the record that they looked at."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise

import pytest

from awooop import clock, tenancy
from governance.actions import self_check
from governance.models import (
    Dispatch,
    DispatchStatus,
    DriftFingerprint,
    DriftState,
    GovernanceEvent,
    SelfCheckCycle,
    SloSample,
)
from governance.severities import Severity
from runs.demo.governance.history import EVERY
from tests.runs.demo.conftest import MOMENT, PROJECT


def test_one_finding_is_one_event_at_a_time(book, moment):
    spans = defaultdict(list)
    for event in book.of(GovernanceEvent):
        key = (event.event_type, event.subject)
        spans[key].append((event.triggered_at, event.resolved_at or moment))
        assert event.triggered_at <= event.last_seen_at <= (event.resolved_at or moment)
    assert any(len(of_key) > 2 for of_key in spans.values()), "findings come again"
    for of_key in spans.values():
        assert all(one[1] <= other[0] for one, other in pairwise(sorted(of_key)))


def test_events_are_of_every_severity_and_a_few_are_open(book):
    events = book.of(GovernanceEvent)
    assert {event.severity for event in events} == set(Severity)
    assert len({event.event_type for event in events}) >= 7
    assert 2 <= sum(not event.resolved for event in events) <= 8
    assert any("@" in event.resolved_by and event.resolution_note for event in events)


def test_an_event_is_seen_once_in_each_cycle_while_it_is_open(book):
    for event in book.of(GovernanceEvent):
        cycles = (event.last_seen_at - event.triggered_at) / EVERY + 1
        assert event.occurrences <= cycles + 0.01


def test_every_event_and_dispatch_is_on_record(book):
    recorded = Counter(
        (record.entry.resource_id, record.entry.action.rpartition(".")[2])
        for record in book.records
        if record.entry.resource_type in ("governance_event", "dispatch")
    )
    for event in book.of(GovernanceEvent):
        assert recorded[str(event.pk), "open"] == 1
        assert recorded[str(event.pk), "resolve"] == int(event.resolved)
    for dispatch in book.of(Dispatch):
        assert recorded[str(dispatch.pk), "open"] == 1
        ended = dispatch.completed_at is not None
        assert recorded[str(dispatch.pk), dispatch.dispatch_status] == int(
            ended or dispatch.dispatch_status == DispatchStatus.EXECUTING
        )


def test_dispatches_stand_in_every_state_and_belong_to_their_event(book):
    dispatches = book.of(Dispatch)
    assert {one.dispatch_status for one in dispatches} >= {
        "pending", "executing", "succeeded", "failed", "skipped", "cancelled",
    }  # fmt: skip
    for one in dispatches:
        event = one.governance_event
        assert one.event_type == event.event_type
        assert one.created_at > event.triggered_at
        times = [one.created_at, one.dispatched_at, one.started_at, one.completed_at]
        told = [at for at in times if at]
        assert told == sorted(told)


def test_slos_are_violated_for_a_while_and_without_data_for_a_while(book):
    by_slo = defaultdict(set)
    for sample in book.of(SloSample):
        by_slo[sample.slo].add(sample.status)
        assert (sample.value is None) == (sample.status == "skipped")
    assert by_slo["km_growth_rate"] == {"ok", "violated"}
    assert by_slo["truth_chain_quality_summary_latency"] == {"ok", "skipped"}


def test_there_is_a_cycle_each_six_hours_and_one_went_wrong(book, moment):
    cycles = book.of(SelfCheckCycle)
    assert 118 <= len(cycles) <= 120
    assert {cycle.trigger for cycle in cycles} == {"schedule", "manual"}
    (broken,) = (cycle for cycle in cycles if cycle.failed_checks)
    assert len(broken.failed_checks) == 3
    assert moment - max(cycle.finished_at for cycle in cycles) < timedelta(hours=1)


def test_there_is_a_drift_in_each_state(book):
    assert {drift.state for drift in book.of(DriftFingerprint)} == set(DriftState)


@pytest.mark.usefixtures("change")
def test_the_real_self_check_finds_what_the_history_leaves_open(made):
    """What the demo shows as open does not vanish with the first hour."""
    from awooop import callers

    with clock.set_to(MOMENT):
        asked = self_check.run(by=callers.system("tests", [PROJECT]), trigger="manual", alert=False)
    found = {
        (finding.event_type, finding.subject)
        for each in asked.checked.values()
        for finding in each[PROJECT].findings
    }
    tenancy.set_for_transaction([PROJECT])
    open_now = GovernanceEvent.objects.filter(resolved=False).exclude(
        event_type__in=["knowledge_degradation", "kb_stale"]  # of a higher room
    )
    left = set(open_now.values_list("event_type", "subject"))
    assert left
    assert left <= found
