"""Alerts are known again: by fingerprint, and by when they began."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.alertmanager import fingerprints
from tests.runs.alertmanager.parsing.sent import START, alert, only, parsed


@pytest.mark.parametrize(
    ("labels", "fingerprint"),
    [
        ({}, "cbf29ce484222325"),
        ({"alertname": "TestAlert"}, "dab43189276e5f48"),
        ({"🙂": "dΘ", "Σ": "c", "00": "b", "a": "a"}, "d90789cf54ff7ca7"),
        (
            {"alertname": "DiskFull", "instance": "db1", "project": "p2", "severity": "warning"},
            "7cbc758c8eabe174",
        ),
        ({"alertname": "TestAlert", "empty": ""}, "dab43189276e5f48"),
    ],
)
def test_a_missing_fingerprint_is_computed_as_alertmanager_does(labels, fingerprint):
    one = only(labels=labels)
    assert one.fingerprint == fingerprint
    assert one.fingerprint_computed


@given(st.dictionaries(st.text(), st.text()), st.randoms())
def test_a_fingerprint_does_not_depend_on_the_labels_order(labels, random):
    names = list(labels)
    random.shuffle(names)
    assert fingerprints.of_labels(labels) == fingerprints.of_labels(
        {name: labels[name] for name in names}
    )


def test_a_given_fingerprint_is_kept():
    one = only(fingerprint="83eb2c81e0da3faf")
    assert one.fingerprint == "83eb2c81e0da3faf"
    assert not one.fingerprint_computed
    assert one.occurrence_id == "83eb2c81e0da3faf:2026-11-20T10:00:00.000000Z"


def test_a_numeric_fingerprint_is_its_text_and_an_endless_one_is_bounded():
    assert only(fingerprint=12345678901234567890).fingerprint == "12345678901234567890"
    assert len(only(fingerprint="f" * 5000).occurrence_id) <= 92


def test_the_same_moment_in_another_offset_is_the_same_occurrence():
    here, there = only(startsAt="2026-11-20T18:00:00+08:00"), only(startsAt=START)
    assert here.occurrence_id == there.occurrence_id


def test_a_later_start_is_another_occurrence():
    assert only(startsAt="2026-11-20T10:00:00.000001Z").occurrence_id != only().occurrence_id


def test_duplicates_of_one_occurrence_count_once():
    notification = parsed(alert(fingerprint="f"), alert(fingerprint="f"), alert(fingerprint="g"))
    assert len(notification.alerts) == 3
    assert [one.fingerprint for one in notification.occurrences] == ["f", "g"]


@pytest.mark.parametrize("order", [("firing", "resolved"), ("resolved", "firing")])
def test_of_one_alert_sent_as_firing_and_as_resolved_resolved_holds(order):
    notification = parsed(*(alert(status=status) for status in order), status="resolved")
    assert [one.status for one in notification.occurrences] == ["resolved"]
    assert notification.is_resolved


def test_a_fingerprint_shared_by_different_labels_fires_while_one_of_them_does():
    alerts = [
        alert(fingerprint="f", status=status, labels={"n": str(n)})
        for n, status in enumerate(["resolved", "firing"])
    ]
    assert [one.status for one in parsed(*alerts).occurrences] == ["firing"]
