"""What is measured is held to the cores that are said, and the client to another."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bench import pair, pinning

CORES = sorted(os.sched_getaffinity(0))
several = pytest.mark.skipif(len(CORES) < 2, reason="one core only")
_WAITS = "import sys; print('ready', flush=True); sys.stdin.read()"


def test_nothing_said_is_nothing_held():
    assert pinning.Pins.of("") == pinning.ANYWHERE
    with pinning.here(pinning.ANYWHERE.clients):
        assert sorted(os.sched_getaffinity(0)) == CORES


@several
def test_the_client_gets_a_core_that_is_left():
    pins = pinning.Pins.of(str(CORES[0]))
    assert pins.as_dict() == {"measured": [CORES[0]], "client": [CORES[1]]}
    with pinning.here(pins.clients):
        assert os.sched_getaffinity(0) == {CORES[1]}
    assert sorted(os.sched_getaffinity(0)) == CORES


@pytest.mark.parametrize("text", [",".join(map(str, CORES)), "100000", "two"])
def test_cores_that_leave_none_for_the_client_or_are_not_there_are_refused(text):
    with pytest.raises(ValueError, match=r"core|invalid"):
        pinning.Pins.of(text)


@several
def test_a_process_is_held_with_what_it_started():
    with subprocess.Popen(
        [sys.executable, "-c", _WAITS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        child.stdout.readline()
        pinning.hold(child.pid, {CORES[0]})
        assert os.sched_getaffinity(child.pid) == {CORES[0]}
        child.communicate()


def test_each_server_of_a_pair_has_a_core_of_its_own():
    assert pair.cores_of([3, 0, 1, 2], unpinned=False) == ([{0}, {1}], {2, 3})
    assert pair.cores_of([0, 1], unpinned=True) == ([set(), set()], set())
    with pytest.raises(ValueError, match="three cores"):
        pair.cores_of([0, 1], unpinned=False)


def test_a_pair_is_told_by_the_medians_of_its_turns():
    turn = {"rate": 100.0, "p95_ms": 10.0, "errors": 0}
    two = {**turn, "rate": 180.0}
    told = pair.report(
        {
            "runs": 10_000,
            "cores": {"servers": [[0], [1]], "others": [2, 3]},
            "load_average": 1.0,
            "rates": {"runs list": {"1": [turn] * 3, "2": [two] * 3}},
            "sweep": {"left": 0},
        }
    )
    assert "| runs list | 100.0 | 180.0 | 1.80 | 10.0 | 10.0 | 0 |" in told
