from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from awooop.config import ROOT
from awooop.supervisor.child import Child
from awooop.supervisor.supervisor import Supervisor
from tests.supervisor.support import family, kill, pids, wait_gone, wait_until

# Supervises two families whose pids are written to the files named on the command line.
_PROGRAM = """
import sys
from pathlib import Path
from awooop.supervisor.child import Child
from awooop.supervisor.supervisor import Supervisor
from tests.supervisor.support import family
children = [Child(name, family(Path(name)), grace_s=5) for name in sys.argv[1:]]
supervisor = Supervisor(children)
print(supervisor._guard._process.pid, flush=True)
supervisor.run()
print("stopped", flush=True)
"""


@pytest.fixture
def supervised(tmp_path):
    """A supervisor in a process of its own, with the pids of the guard and of two families."""
    files = [tmp_path / "one", tmp_path / "two"]
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *map(str, files)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    process.guard = int(process.stdout.readline())
    process.files = files
    process.families = [pids(path) for path in files]
    yield process
    # The families first: they hold the pipe that is read to its end.
    for pid in everybody(process):
        kill(pid)
    process.kill()
    process.communicate(timeout=60)


def everybody(supervised):
    return [supervised.guard, *supervised.families[0], *supervised.families[1]]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_leaves_no_process(supervised, number):
    supervised.send_signal(number)
    said, _ = supervised.communicate(timeout=60)

    assert said == "stopped\n"
    assert supervised.returncode == 0
    wait_gone(everybody(supervised))


def test_a_killed_supervisor_leaves_no_process(supervised):
    supervised.kill()

    wait_gone(everybody(supervised))


def test_a_dead_child_is_started_again(supervised):
    kill(supervised.families[0][0])

    again = pids(supervised.files[0])
    assert again != supervised.families[0]
    wait_gone(supervised.families[0])
    supervised.send_signal(signal.SIGTERM)
    supervised.communicate(timeout=60)
    wait_gone(again)


def test_a_killed_guard_is_replaced_and_knows_the_groups(supervised):
    kill(supervised.guard)
    wait_gone([supervised.guard])
    children = Path(f"/proc/{supervised.pid}/task/{supervised.pid}/children")
    expected = {supervised.families[0][0], supervised.families[1][0]}

    def has_new_guard():
        found = {int(word) for word in children.read_text().split()}
        return len(found - expected - {supervised.guard}) == 1

    wait_until(has_new_guard, what="no new guard")
    supervised.kill()
    wait_gone([*supervised.families[0], *supervised.families[1]])


def test_a_child_that_stands_still_is_replaced_as_a_whole(tmp_path, monkeypatch):
    verdicts = [True]
    child = Child("fake", family(tmp_path / "pids"), stands_still=lambda _: bool(verdicts.pop()))
    supervisor = Supervisor([child])
    try:
        supervisor.tick()
        before = pids(tmp_path / "pids")
        supervisor._looked_at -= 3600
        supervisor.tick()
        wait_gone(before)
        supervisor.tick()
        assert pids(tmp_path / "pids") != before
    finally:
        supervisor.stop()
