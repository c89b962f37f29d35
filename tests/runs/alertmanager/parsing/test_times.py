"""Times are read to the microsecond, and what is none is None."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.alertmanager import times
from tests.runs.alertmanager.parsing.sent import only


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20T17:34:46Z", "2026-11-20T17:34:46+00:00"),
        ("2026-11-20T17:34:46.1Z", "2026-11-20T17:34:46.100000+00:00"),
        ("2026-11-20T17:34:46.12345Z", "2026-11-20T17:34:46.123450+00:00"),
        ("2026-11-20T17:34:46.999999999Z", "2026-11-20T17:34:46.999999+00:00"),
        ("2018-11-04T22:43:58.283995108+01:00", "2018-11-04T21:43:58.283995+00:00"),
        ("2017-01-26T08:31:54.865-05:00", "2017-01-26T13:31:54.865000+00:00"),
        ("2026-11-20T23:30:00+05:45", "2026-11-20T17:45:00+00:00"),
        ("2026-11-20T23:30:00+0800", "2026-11-20T15:30:00+00:00"),
        ("2026-11-20 17:34:46", "2026-11-20T17:34:46+00:00"),
        ("2026-11-20t17:34:46z", "2026-11-20T17:34:46+00:00"),
    ],
)
def test_a_time_is_read_to_the_microsecond_in_utc(text, expected):
    assert times.parse(text).isoformat() == expected


@pytest.mark.parametrize(
    "value",
    [
        *(
            "",
            "now",
            "2026-11-20",
            "2026-13-01T00:00:00Z",
            "2026-11-20T25:00:00Z",
            "٢٠٢٦-11-20T00:00:00Z",
        ),
        *("0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+08:00"),
        *(
            "9999-12-31T23:59:59-05:00",
            "2026-11-20T00:00:00+99:99",
            "2026-11-20T00:00:00." + "1" * 99,
        ),
        *(None, 0, 1.5, True, [], {}),
    ],
)
def test_what_is_no_time_is_none(value):
    assert times.parse(value) is None


@given(
    st.datetimes(min_value=datetime(1900, 1, 1)), st.integers(1, 9), st.integers(-14 * 60, 14 * 60)
)
def test_every_offset_and_fraction_names_its_moment(moment, digits, offset):
    sign, minutes = ("-" if offset < 0 else "+"), abs(offset)
    fraction = f"{moment.microsecond:06d}000"[:digits]
    text = f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction}{sign}{minutes // 60:02d}:{minutes % 60:02d}"
    read = times.parse(text)
    if read is not None:  # out of range at either end of the calendar
        kept = int(fraction[:6].ljust(6, "0"))
        seconds = (
            moment.replace(microsecond=0, tzinfo=UTC) - read.replace(microsecond=0)
        ).total_seconds()
        assert seconds == offset * 60
        assert read.microsecond == kept


def test_a_missing_start_is_marked_and_stable():
    for start in (..., None, "", "soon", "0001-01-01T00:00:00Z"):
        one = only(startsAt=start)
        assert not one.starts_at_known
        assert one.occurrence_id == f"{one.fingerprint}:1970-01-01T00:00:00.000000Z"
        assert one.as_json()["startsAt"] is None
