"""A notification always has the key of its group."""

from __future__ import annotations

import pytest

from runs.alertmanager.parsing import parse
from tests.runs.alertmanager.parsing.sent import NOW, START, alert, parsed, payload


@pytest.mark.parametrize(
    ("literal", "key"),
    [
        ("43434343434343434343", "43434343434343434343"),
        ("0", "0"),
        ("9" * 5000, "9" * 5000),
        ("4.5e19", "4.5e19"),
        ('"{}:{}"', "{}:{}"),
    ],
)
def test_a_group_key_is_kept_exactly(literal, key):
    body = payload(groupKey="@").replace('"@"', literal)
    assert parse(body, now=NOW).group_key == key


@pytest.mark.parametrize("missing", [..., None, ""])
def test_a_missing_group_key_is_made_of_the_group_labels_as_alertmanager_writes_it(missing):
    notification = parsed(groupKey=missing, groupLabels={"project": "p2", "alertname": 'Disk "C"'})
    assert notification.group_key == '{}:{alertname="Disk \\"C\\"", project="p2"}'


def without_group(*alerts, **changes):
    return parsed(*alerts, groupKey=..., groupLabels=..., **changes)


def test_without_group_labels_the_common_labels_make_the_key():
    assert without_group().group_key == '{}:{alertname="DiskFull"}'


def test_without_any_group_the_key_is_the_same_for_each_re_sending_and_for_the_end():
    sent = [
        without_group(alert(status=status, endsAt=end), status=status, commonLabels=...)
        for status, end in [("firing", None), ("firing", None), ("resolved", START)]
    ]
    assert len({notification.group_key for notification in sent}) == 1


def test_without_any_group_the_end_of_one_alert_is_not_the_end_of_another():
    one = without_group(alert(labels={"alertname": "X", "instance": "a"}), commonLabels=...)
    other = without_group(alert(labels={"alertname": "X", "instance": "b"}), commonLabels=...)
    assert one.group_key != other.group_key


def test_alerts_that_share_nothing_have_a_key_that_does_not_depend_on_their_order():
    alerts = [alert(labels={"alertname": "A"}), alert(labels={"alertname": "B"})]
    there = without_group(*alerts, commonLabels={})
    back = without_group(*reversed(alerts), commonLabels={})
    other = without_group(alerts[0], alert(labels={"alertname": "C"}), commonLabels={})
    assert there.group_key == back.group_key != other.group_key


def test_a_long_group_key_has_a_bounded_fingerprint_of_its_own():
    one, other = parsed(groupKey="k" * 1000), parsed(groupKey="k" * 1001)
    assert len(one.group_fingerprint) == 255
    assert one.group_fingerprint != other.group_fingerprint
    assert parsed().group_fingerprint == parsed().group_key
