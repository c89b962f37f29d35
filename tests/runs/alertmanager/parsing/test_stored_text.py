"""Everything that is read can be stored."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runs.alertmanager.parsing import parse
from tests.runs.alertmanager.parsing.sent import NOW, alert, only, payload


def test_text_that_postgresql_cannot_keep_is_replaced():
    body = payload(
        alert(labels={"a\x00b": "c\ud800d"}, annotations={"summary": "x\x00"}, fingerprint="f\x00"),
        receiver="r\udfff",
        groupKey="k\x00",
    )
    notification = parse(body, now=NOW)
    one = notification.alerts[0]
    assert one.labels == {"a�b": "c�d"}
    assert (one.annotations["summary"], one.fingerprint) == ("x�", "f�")
    assert (notification.receiver, notification.group_key) == ("r�", "k�")


@given(st.text(st.characters()), st.text(st.characters()))
def test_everything_that_is_read_can_be_stored(name, value):
    one = only(labels={name: value}, annotations={name: value})
    for text in [*one.labels, *one.labels.values(), one.title, one.occurrence_id]:
        assert "\x00" not in text
        text.encode()


def test_values_that_are_no_strings_become_text():
    labels = {"i": 8, "f": 1.5, "t": True, "n": None, "l": ["a", 1], "o": {"b": None}}
    assert only(labels=labels).labels == {
        "i": "8",
        "f": "1.5",
        "t": "true",
        "l": '["a","1"]',
        "o": '{"b":null}',
    }


def test_a_number_of_any_length_is_its_text():
    body = payload(alert(labels={"n": "@"})).replace('"@"', "1" * 100_000)
    assert parse(body, now=NOW).alerts[0].labels["n"] == "1" * 100_000
