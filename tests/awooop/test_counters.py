from __future__ import annotations

from awooop import counters


def totals():
    return {(name, labels["project_id"]): int(value) for name, labels, value in counters.read()}


def test_a_total_counts_deltas_folded_or_not(db):
    counters.add("x", 2, project_id="a")
    assert totals() == {("x", "a"): 2}
    assert counters.fold() == 1
    counters.add("x", 3, project_id="a")
    counters.add("x", 1, project_id="b")
    assert totals() == {("x", "a"): 5, ("x", "b"): 1}


def test_folding_in_small_batches_loses_nothing(db):
    for _ in range(7):
        counters.add("x", 1, project_id="a")
    assert counters.fold(batch=2) == 7
    assert totals() == {("x", "a"): 7}
    assert counters.fold() == 0
