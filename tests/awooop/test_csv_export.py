"""Cells of a CSV: no formula, nothing lost."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from awooop.csv_export import cell, respond


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_text_that_starts_like_a_formula_is_quoted(start):
    assert cell(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (-3, -3),
        (Decimal("-0.5"), Decimal("-0.5")),
        ("INC-20261121-7QX2", "INC-20261121-7QX2"),
        (["a", "b"], "a b"),
        (["=a", "b"], "'=a b"),
        (datetime(2026, 11, 1, tzinfo=UTC), "2026-11-01T00:00:00.000000Z"),
    ],
)
def test_values(value, shown):
    assert cell(value) == shown


def test_rows_are_read_only_as_they_are_sent():
    read = []

    def rows():
        for number in range(3):
            read.append(number)
            yield [number]

    parts = iter(respond("numbers", ["n"], rows()).streaming_content)
    assert next(parts).decode() == "\ufeffn\r\n"
    assert read == []
    assert next(parts).decode() == "0\r\n"
    assert read == [0]
