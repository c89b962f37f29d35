"""A notification is read as it stands, whatever of it is missing or odd."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from runs.alertmanager.parsing import parse
from tests.runs.alertmanager.parsing.sent import NOW, alert, parsed, payload


def test_a_notification_of_version_4_is_read_as_it_stands():
    notification = parsed(truncatedAlerts=2, commonAnnotations={"a": "b"})
    assert notification.version == "4"
    assert notification.group_key == '{}:{alertname="DiskFull"}'
    assert notification.receiver == "awooop"
    assert notification.status == "firing"
    assert notification.external_url == "http://alertmanager:9093"
    assert notification.truncated_alerts == 2
    assert notification.group_labels == {"alertname": "DiskFull"}
    assert notification.common_labels == {"alertname": "DiskFull"}
    assert notification.common_annotations == {"a": "b"}
    first = notification.alerts[0]
    assert first.starts_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert first.ends_at is None
    assert first.generator_url == "http://prometheus/graph"


def test_unknown_keys_are_passed_over():
    assert (
        parsed(alert(extra={"x": 1}), notification_reason="x", routeLabels={}).alerts[0].is_firing
    )


def test_everything_but_labels_may_be_missing():
    notification = parse('{"alerts": [{"labels": {}}]}', now=NOW)
    assert notification.version == ""
    assert notification.is_firing
    assert notification.alerts[0].annotations == {}
    assert notification.title == "Alert without a name"


@pytest.mark.parametrize("odd", [None, 3, "x", [], [1]])
def test_label_sets_of_another_type_are_empty(odd):
    notification = parsed(
        alert(annotations=odd), groupLabels=odd, commonLabels=odd, commonAnnotations=odd
    )
    assert notification.group_labels == notification.common_labels == {}
    assert notification.alerts[0].annotations == {}


@pytest.mark.parametrize(
    ("given_count", "count"),
    [
        (0, 0),
        (7, 7),
        ("7", 7),
        (-1, 0),
        (1.5, 0),
        (None, 0),
        ("x", 0),
        (10**40, 2**31 - 1),
        ("²", 0),
    ],
)
def test_truncated_alerts_is_a_bounded_number(given_count, count):
    assert parsed(truncatedAlerts=given_count).truncated_alerts == count


def test_a_byte_order_mark_and_bytes_that_are_no_text_do_no_harm():
    body = b"\xef\xbb\xbf" + payload(receiver="@").encode().replace(b"@", b"caf\xe9")
    assert parse(body, now=NOW).receiver == "caf�"


def test_text_and_bytes_are_read_alike():
    assert parse(payload(), now=NOW) == parse(payload().encode(), now=NOW)
