"""What cannot be understood is refused, and its field named."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.alertmanager.parsing import NotUnderstood, parse
from tests.runs.alertmanager.parsing.sent import NOW, alert, payload


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"not json", "body"),
        (b'{"alerts": [', "body"),
        (b"\x00\xff", "body"),
        ("[]", "body"),
        ("3", "body"),
        ("null", "body"),
        ("{}", "alerts"),
        ('{"alerts": null}', "alerts"),
        ('{"alerts": []}', "alerts"),
        ('{"alerts": {}}', "alerts"),
        ('{"alerts": [3]}', "alerts[0]"),
        ('{"alerts": [{}]}', "alerts[0].labels"),
        ('{"alerts": [{"labels": {}}, {"labels": []}]}', "alerts[1].labels"),
        ('{"alerts": [{"labels": null}]}', "alerts[0].labels"),
    ],
)
def test_a_body_that_can_never_be_understood_is_refused_and_its_field_named(body, field):
    with pytest.raises(NotUnderstood) as refused:
        parse(body, now=NOW)
    assert [error["field"] for error in refused.value.errors] == [field]
    assert all(error["message"] for error in refused.value.errors)


def test_the_errors_of_a_long_bad_list_are_bounded():
    with pytest.raises(NotUnderstood) as refused:
        parse(json.dumps({"alerts": [3] * 1000}))
    assert len(refused.value.errors) == 20


@pytest.mark.parametrize("depth", [600, 5_000, 500_000])
def test_nesting_beyond_reason_is_refused_not_a_crash(depth):
    body = payload(deep="@").replace('"@"', "[" * depth + "]" * depth)
    with pytest.raises(NotUnderstood):
        parse(body, now=NOW)


def test_a_nested_label_value_is_its_text():
    nested = "[" * 100 + "]" * 100
    body = payload(alert(labels={"a": "@"})).replace('"@"', nested)
    assert parse(body, now=NOW).alerts[0].labels["a"] == nested


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda v: (
            st.lists(v, max_size=3)
            | st.dictionaries(
                st.sampled_from(["alerts", "labels", "status", "startsAt", "groupKey"]),
                v,
                max_size=4,
            )
        ),
    )
)
def test_any_json_is_understood_or_refused(value):
    # Anything but these two ends is an exception, and fails the test.
    with contextlib.suppress(NotUnderstood):
        assert parse(json.dumps(value), now=NOW).alerts


@given(st.binary(max_size=60))
def test_any_bytes_are_understood_or_refused(body):
    with pytest.raises(NotUnderstood):
        parse(body, now=NOW)
