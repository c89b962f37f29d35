from __future__ import annotations

import sys

import pytest

from awooop.supervisor.child import Child, backoff
from tests.supervisor.support import family, is_running, kill, pids, wait_gone, wait_until


@pytest.fixture
def path(tmp_path):
    return tmp_path / "pids"


@pytest.fixture
def make_child(path):
    made = []

    def make(**options):
        made.append(Child("fake", family(path, stubborn=options.pop("stubborn", False)), **options))
        return made[-1]

    yield make
    for child in made:
        child.kill()


def exit_code(child):
    found = []
    wait_until(lambda: found.append(child.take_exit()) or found[-1] is not None, what="no exit")
    return found[-1]


def test_stop_ends_the_program_and_its_children(make_child, path):
    child = make_child()
    child.start()
    both = pids(path)
    child.stop()

    wait_gone(both)
    assert child.pid is None


def test_a_program_that_ignores_the_signal_is_killed_after_its_grace(make_child, path):
    child = make_child(stubborn=True, grace_s=0.1)
    child.start()
    both = pids(path)
    child.stop()

    wait_gone(both)


def test_a_hurry_ends_the_grace(make_child, path):
    child = make_child(stubborn=True, grace_s=600)
    child.start()
    both = pids(path)
    child.stop(hurry=lambda: True)

    wait_gone(both)


def test_children_of_a_killed_program_are_killed_too(make_child, path):
    child = make_child()
    child.start()
    parent, grandchild = pids(path)
    kill(parent)

    assert exit_code(child) == -9
    wait_gone([grandchild])


def test_an_exit_is_told_once_and_the_restart_is_planned(make_child, path):
    child = make_child()
    child.start()
    kill(pids(path)[0])
    exit_code(child)

    assert child.take_exit() is None
    assert child.quick_ends == 1
    assert not child.is_due()
    child.restart_at = 0.0
    assert child.is_due()


def test_what_served_for_a_while_is_started_again_at_once(make_child, path):
    """However often it is killed: the pause is for what ends as it starts."""
    child = make_child()
    for _ in range(3):
        child.start()
        pid, _grandchild = pids(path)
        child.started_at -= 11
        kill(pid)
        exit_code(child)
        assert (child.quick_ends, child.is_due()) == (0, True)


def test_a_running_program_has_no_exit(make_child, path):
    child = make_child()
    child.start()
    both = pids(path)

    assert child.take_exit() is None
    assert not child.is_due()
    assert all(map(is_running, both))


def test_the_pause_doubles_up_to_half_a_minute():
    assert [backoff(ends) for ends in (0, 1, 2, 3, 20)] == [0.0, 1.0, 2.0, 4.0, 30.0]


def test_environment_and_preparation_come_before_the_start(tmp_path):
    path = tmp_path / "said"
    program = "import os, sys; open(sys.argv[1], 'a').write(os.environ['WORD'])"
    child = Child(
        "fake",
        [sys.executable, "-c", program, str(path)],
        env={"WORD": "then"},
        before_start=lambda: path.write_text("first "),
    )
    child.start()

    assert exit_code(child) == 0
    assert path.read_text() == "first then"
