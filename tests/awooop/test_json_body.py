from __future__ import annotations

import pytest

from awooop import json_body
from awooop.errors import Invalid


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"\xff", "body"),
        (b'{"a": NaN}', "body"),
        (b'{"a": 1e999}', "body"),
        (b'{"a": ' + b"9" * 5000 + b"}", "body"),
        (b"[" * 100_000, "body"),
        (b'{"a":' * 70 + b"1" + b"}" * 70, "body"),
        (b'{"a": {"b": ["x", "\\u0000"]}}', "a.b.1"),
        (b'{"a": "\\ud800"}', "a"),
        (b'{"\\u0000": 1}', ""),
    ],
)
def test_what_cannot_be_kept_is_refused_by_field(body, field):
    with pytest.raises(Invalid) as refused:
        json_body.loads(body)
    assert refused.value.errors[0]["field"] == field


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": "\\ud83d\\ude00 \\\\u0000"}', {"a": "😀 \\u0000"}),
        (b"[1.5, null]", [1.5, None]),
        (b"[" + b"[],[{}]," * 100 + b"1]", None),
    ],
)
def test_what_can_be_kept_is_read(body, value):
    found = json_body.loads(body)
    assert value is None or found == value
