"""How the bench sums up what it timed."""

from __future__ import annotations

from bench.compare import markdown
from bench.run import Result
from bench.timing import Times, repeat


def test_the_median_and_the_ninety_fifth_percentile():
    assert Times.of([n / 1000 for n in range(1, 101)]) == Times(50.5, 96.0, 100)


def test_a_slow_thing_is_run_five_times_at_least():
    assert repeat(lambda: None, times=1_000, seconds=0, warm=0).count == 5


def test_the_ratio_is_to_the_sum_of_the_floors():
    one = Result("a list", 12.0, 30.0, 60, 25, floor_sql=1.0, floor_empty=2.0)
    assert one.ratio == 4.0
    assert one.is_met is False


def test_a_measure_without_a_floor_has_no_ratio():
    assert Result("a write", 12.0, 13.0, 60, None, floor_empty=2.0).ratio is None


def test_a_comparison_puts_what_became_slower_first():
    found = {
        "same": {"first": 1.0, "second": 1.0, "ratio": 1.0},
        "worse": {"first": 1.0, "second": 2.0, "ratio": 2.0},
    }
    lines = markdown(found, "old", "new").splitlines()
    assert lines[2] == "| worse | 1.0 | 2.0 | 2.0 **slower** |"
