"""Titles, severities and runbooks, as people read them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.alertmanager import wording
from tests.runs.alertmanager.parsing.sent import alert, only, parsed


@pytest.mark.parametrize(
    ("labels", "annotations", "title"),
    [
        ({"alertname": "A"}, {"summary": "it is\n  bad"}, "A: it is bad"),
        ({"alertname": "A"}, {"description": "d", "message": "m"}, "A: m"),
        ({"alertname": "A"}, {"summary": "  ", "description": "d"}, "A: d"),
        ({"alertname": "A"}, {"summary": "A is bad"}, "A is bad"),
        ({"alertname": "A"}, {}, "A"),
        ({"job": "x"}, {"summary": "s"}, "s"),
        ({"job": "x", "a": "b"}, {}, "a=b, job=x"),
        ({}, {}, "Alert without a name"),
    ],
)
def test_a_title_says_what_there_is_to_say(labels, annotations, title):
    assert only(labels=labels, annotations=annotations).title == title


@given(st.text(), st.text(max_size=600), st.integers(0, 10**9))
def test_a_title_is_one_line_of_at_most_255_characters(name, said, others):
    title = wording.title({"alertname": name}, wording.summary({"summary": said}), others)
    assert 0 < len(title) <= 255
    assert "\n" not in title


def test_an_endless_annotation_is_cut_in_the_title_only():
    one = only(annotations={"summary": "x" * 100_000})
    assert len(one.title) == 255
    assert one.title.endswith("…")
    assert len(one.annotations["summary"]) == 100_000


def test_a_group_s_title_says_how_many_more_there_are():
    alerts = [alert(labels={"alertname": "DiskFull", "n": str(n)}) for n in range(3)]
    assert parsed(*alerts).title == "DiskFull: disk 91% (and 2 more)"
    assert parsed(*alerts, truncatedAlerts=4).title == "DiskFull: disk 91% (and 6 more)"
    assert parsed(*alerts, commonAnnotations={"summary": "disks"}).title == "DiskFull: disks"


def test_a_group_s_title_speaks_of_what_fires():
    over = alert(status="resolved", labels={"n": "1"}, annotations={"summary": "over"})
    assert parsed(over, alert(labels={"n": "2"})).title == "DiskFull: disk 91%"


@pytest.mark.parametrize(
    ("labels", "severity"),
    [
        ({"severity": "critical"}, "critical"),
        ({"severity": " Critical "}, "critical"),
        ({"severity": "page"}, "critical"),
        ({"Severity": "P1"}, "critical"),
        ({"severity": "severe"}, "critical"),
        ({"severity": "warning"}, "warning"),
        ({"severity": "error"}, "warning"),
        ({"severity": "minor"}, "warning"),
        ({"severity": "informational"}, "info"),
        ({"severity": "none"}, "info"),
        ({"priority": "P4"}, "info"),
        ({"severity": "mauve", "priority": "high"}, "critical"),
        ({"severity": "mauve"}, "warning"),
        ({}, "warning"),
    ],
)
def test_a_severity_is_one_of_ours(labels, severity):
    assert only(labels=labels).severity == severity


def test_a_group_is_as_severe_as_the_worst_that_fires():
    info = alert(labels={"severity": "info"})
    gone = alert(labels={"severity": "critical"}, status="resolved")
    assert parsed(info, gone).severity == "info"
    assert parsed(info, alert()).severity == "critical"
    assert parsed(gone).severity == "critical"


@pytest.mark.parametrize(
    ("annotations", "url"),
    [
        ({"runbook_url": "https://r/x"}, "https://r/x"),
        ({"runbookURL": " http://r/x "}, "http://r/x"),
        ({"runbook": "https://r/x"}, "https://r/x"),
        ({"runbook": "see the wiki"}, ""),
        ({"runbook_url": "javascript:alert(1)"}, ""),
        ({"runbook_url": "https://r/" + "x" * 3000}, ""),
        ({"dashboard_url": "https://r/x"}, ""),
    ],
)
def test_a_runbook_is_a_web_address_or_nothing(annotations, url):
    assert only(annotations=annotations).runbook_url == url


def test_a_group_s_runbook_is_the_common_one_before_an_alert_s():
    with_url = alert(annotations={"runbook_url": "https://r/alert"})
    assert parsed(with_url).runbook_url == "https://r/alert"
    common = {"runbook_url": "https://r/common"}
    assert parsed(with_url, commonAnnotations=common).runbook_url == "https://r/common"


def test_incident_ids_are_found_in_labels_and_annotations():
    notification = parsed(
        alert(labels={"incident": "INC-20261120-AB12"}, annotations={"d": "as INC-20261119-ZZ99"}),
        alert(labels={"incident": "INC-20261120-AB12", "n": "2"}),
    )
    assert notification.incident_ids == ["INC-20261120-AB12", "INC-20261119-ZZ99"]


def test_an_alert_is_stored_in_alertmanager_s_own_form():
    one = only(fingerprint="f", endsAt="2026-11-20T11:00:00Z", status="resolved")
    again = parsed(json.loads(json.dumps(one.as_json())), status=...).alerts[0]
    assert again == one
