from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest

from awooop.canonical import canonical_json, fingerprint


def test_keys_are_sorted_and_nothing_is_padded():
    assert canonical_json({"b": [1, 2], "a": {"d": None, "c": True}}) == (
        '{"a":{"c":true,"d":null},"b":[1,2]}'
    )


def test_times_of_one_moment_in_two_zones_are_the_same():
    taipei = datetime(2026, 1, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    assert canonical_json(taipei) == '"2026-01-01T00:00:00.000000Z"'
    assert fingerprint([taipei]) == fingerprint([datetime(2026, 1, 1, tzinfo=UTC)])


def test_decimals_are_texts_and_text_is_utf8():
    assert canonical_json([Decimal("0.10"), "知識", UUID(int=1)]) == (
        '["0.10","知識","00000000-0000-0000-0000-000000000001"]'
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), datetime(2026, 1, 1), object()])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises((ValueError, TypeError)):
        canonical_json({"x": value})
