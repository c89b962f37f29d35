"""The days that charts are about, as people and machines ask for them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from awooop import clock
from awooop.errors import Invalid
from governance import insights

TAIPEI = ZoneInfo("Asia/Taipei")
AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)  # in Taipei it is the 21st


@pytest.fixture(autouse=True)
def _today():
    with clock.set_to(AT):
        yield


def parsed(**given):
    return insights.parse(given, TAIPEI)


def test_nothing_given_is_the_last_thirty_days_of_the_zone():
    period = parsed()
    assert (period.days[0], period.days[-1]) == (date(2026, 10, 23), date(2026, 11, 21))
    assert period.begins[-1] == datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
    assert period.until == datetime(2026, 11, 21, 16, 0, tzinfo=UTC)


def test_both_ends_are_counted_in():
    period = parsed(since="2026-11-01", until="2026-11-03")
    assert period.labels == ["11-01", "11-02", "11-03"]


def test_days_are_counted_back_from_the_last_one():
    assert parsed(days="2", until="2026-11-03").days == (date(2026, 11, 2), date(2026, 11, 3))


def test_what_is_to_come_counts_as_today():
    assert parsed(since="2026-11-20", until="2099-01-01").days[-1] == date(2026, 11, 21)


def test_a_day_may_have_twenty_five_hours():
    period = insights.parse(
        {"since": "2026-10-25", "until": "2026-10-25"}, ZoneInfo("Europe/Berlin")
    )
    assert period.until - period.begins[0] == timedelta(hours=25)


def test_labels_tell_two_years_apart():
    period = parsed(since="2025-12-31", until="2026-01-01")
    assert period.labels == ["2025-12-31", "2026-01-01"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"days": "0"}, "days"),
        ({"days": "93"}, "days"),
        ({"days": "-1"}, "days"),
        ({"days": "1.5"}, "days"),
        ({"days": "９"}, "days"),
        ({"days": "9" * 5_000}, "days"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-02-30"}, "since"),
        ({"until": "0001-01-01"}, "until"),
        ({"until": "2026-11-01T00:00"}, "until"),
        ({"since": "2026-11-03", "until": "2026-11-02"}, "since"),
        ({"since": "2099-01-01"}, "since"),
        ({"since": "2026-01-01"}, "since"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(given, field):
    with pytest.raises(Invalid) as refused:
        parsed(**given)
    assert [error["field"] for error in refused.value.errors] == [field]


def test_ninety_two_days_are_the_most():
    assert len(parsed(since="2026-08-22", until="2026-11-21").days) == 92
    with pytest.raises(Invalid):
        parsed(since="2026-08-21", until="2026-11-21")
