from __future__ import annotations

from datetime import timedelta

import pytest

from awooop import backoff

WAITS = backoff.Backoff(backoff.seconds(30, 120, 600), jitter=0.25)


@pytest.fixture
def drawn(monkeypatch):
    def draw(share: float) -> None:
        monkeypatch.setattr(backoff.random, "uniform", lambda low, high: share)

    return draw


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 30), (1, 30), (2, 120), (3, 600), (9, 600)])
def test_it_waits_longer_each_time_and_then_no_longer(drawn, attempts, seconds):
    drawn(1.0)
    assert WAITS.after(attempts) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("share", "seconds"), [(0.75, 90), (1.25, 150)])
def test_the_waits_are_spread(drawn, share, seconds):
    drawn(share)
    assert WAITS.after(2) == timedelta(seconds=seconds)


def test_it_is_spread_within_its_share_of_the_wait():
    waits = [WAITS.after(2).total_seconds() for _ in range(200)]
    assert 90 <= min(waits) < max(waits) <= 150


def test_it_never_waits_less_than_was_asked_for(drawn):
    drawn(1.0)
    assert WAITS.after(2, at_least=timedelta(hours=1)) == timedelta(hours=1)
    assert WAITS.after(2, at_least=timedelta(seconds=1)) == timedelta(seconds=120)
