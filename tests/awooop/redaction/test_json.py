"""Secrets are taken out of JSON, by the names of its members and in its strings."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awooop.redaction import redact_json
from tests.awooop.redaction.samples import AWP, fragments


def test_json_members_named_as_secrets_are_replaced_whatever_they_hold():
    value, count = redact_json(
        {
            "password": "x",
            "db": {"clientSecret": "plain", "pin": 1},
            "api_key": 12,
            "token": ["a", "b"],
        }
    )
    assert value == {
        "password": "[redacted:password]",
        "db": {"clientSecret": "[redacted:secret]", "pin": 1},
        "api_key": "[redacted:api_key]",
        "token": ["[redacted:token]", "[redacted:token]"],
    }
    assert count == 5


def test_json_strings_and_names_are_redacted_as_text():
    value, count = redact_json({"log": ["a", f"key {AWP}"], AWP: 1})
    assert value == {"log": ["a", "key [redacted:api_key]"], "[redacted:api_key]": 1}
    assert count == 2


def test_two_secret_names_stay_two_members():
    value, _ = redact_json({AWP: 1, AWP + "x": 2})
    assert sorted(value.values()) == [1, 2]


def test_a_json_header_goes_as_a_whole():
    value, _ = redact_json(
        {"headers": {"Authorization": "Bearer abc", "Cookie": "s=1", "Accept": "*"}}
    )
    assert value == {
        "headers": {
            "Authorization": "[redacted:authorization]",
            "Cookie": "[redacted:cookie]",
            "Accept": "*",
        }
    }


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        1.5,
        [],
        {},
        {"token": None, "password": "", "secret": False, "max_tokens": 3, "token_type": "bearer"},
        {"approval_token_jti": "x", "group_key": "y", "password": "${DB_PASSWORD}", 1: "int name"},
    ],
)
def test_json_without_secrets_is_left_alone(value):
    assert redact_json(value) == (value, 0)


def test_redacting_json_leaves_the_given_value_as_it_was():
    given_value = {"a": [{"password": "x"}]}
    redact_json(given_value)
    assert given_value == {"a": [{"password": "x"}]}


def test_json_nested_beyond_reason_is_replaced():
    value: list = []
    for _ in range(100_000):
        value = [value]
    done, count = redact_json(value)
    assert count == 1
    assert "[redacted:too_deep]" in json.dumps(done)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | fragments,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["password", "x", "api_key", "Authorization"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(json_values)
def test_redacting_json_twice_is_redacting_it_once(value):
    once, _ = redact_json(value)
    assert redact_json(once) == (once, 0)
