"""Incident ids are found in text and envelopes, and made."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs import incident_ids

ids = st.from_regex(r"INC-[0-9]{8}-[A-Z0-9]{4,12}", fullmatch=True)


def test_ids_are_found_each_once_in_order():
    text = "INC-20261120-ZZ99, then INC-20261119-AB12 and INC-20261120-ZZ99 again"
    assert incident_ids.find(text) == ["INC-20261120-ZZ99", "INC-20261119-AB12"]


@pytest.mark.parametrize(
    "text",
    [
        "(INC-20261120-AB12)",
        "ref=INC-20261120-AB12.",
        "a/INC-20261120-AB12?x",
        "事故INC-20261120-AB12已解決",
    ],
)
def test_an_id_is_found_beside_punctuation_and_chinese(text):
    assert incident_ids.find(text) == ["INC-20261120-AB12"]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            None,
            "INC-2026112-AB12",
            "INC-20261120-AB1",
            "INC-20261120-ab12",
            "inc-20261120-AB12",
        ),
        *(
            "XINC-20261120-AB12",
            "INC-20261120-AB12x",
            "INC-20261120-AB12_",
            "INC-２０２６１１２０-AB12",
        ),
        "INC-20261120-" + "A" * 100_000,
    ],
)
def test_what_is_no_id_is_not_found(text):
    assert incident_ids.find(text) == []


@given(st.lists(ids, max_size=5))
def test_every_id_of_a_text_is_found(given_ids):
    assert incident_ids.find(" ".join(given_ids)) == list(dict.fromkeys(given_ids))


@pytest.mark.parametrize("text", ["INC-20261120-AB12", "INC-20261120-ABCDEF123456"])
def test_an_id_is_an_id(text):
    assert incident_ids.is_incident_id(text)


@pytest.mark.parametrize(
    "value",
    [
        "INC-20261120-AB12\n",
        " INC-20261120-AB12",
        "INC-20261120-AB12 x",
        "",
        None,
        3,
        "INC-1-A",
        ["INC-20261120-AB12"],
    ],
)
def test_anything_more_or_less_is_no_id(value):
    assert not incident_ids.is_incident_id(value)


@pytest.mark.parametrize(
    ("given_ids", "expected"),
    [
        (["INC-20261120-AB12", "INC-20261119-CD34"], ["INC-20261120-AB12", "INC-20261119-CD34"]),
        (["INC-20261120-AB12", "INC-20261120-AB12"], ["INC-20261120-AB12"]),
        ("INC-20261120-AB12", ["INC-20261120-AB12"]),
        ("INC-20261120-AB12, INC-20261119-CD34", ["INC-20261120-AB12", "INC-20261119-CD34"]),
        (["bad", None, 3, ["INC-20261119-CD34"], {}, "INC-20261120-AB12"], ["INC-20261120-AB12"]),
        ({"INC-20261120-AB12": 1}, []),
        (None, []),
        (3, []),
        ([], []),
    ],
)
def test_an_envelope_s_ids_are_a_list_or_one_string(given_ids, expected):
    assert incident_ids.from_envelope({"source_refs": {"incident_ids": given_ids}}) == expected


@pytest.mark.parametrize(
    "envelope", [None, {}, [], "x", 3, {"source_refs": None}, {"source_refs": []}]
)
def test_a_malformed_envelope_has_no_ids(envelope):
    assert incident_ids.from_envelope(envelope) == []


@pytest.mark.parametrize("length", [4, 6, 12])
def test_a_new_id_is_of_its_day_and_length(length):
    made = incident_ids.new_id(date(2026, 3, 7), length)
    assert incident_ids.is_incident_id(made)
    assert made.startswith("INC-20260307-")
    assert len(made) == 13 + length


def test_new_ids_differ():
    assert len({incident_ids.new_id(date(2026, 3, 7), 12) for _ in range(50)}) == 50


def test_a_short_id_is_refused():
    with pytest.raises(ValueError):
        incident_ids.new_id(date(2026, 3, 7), 3)
