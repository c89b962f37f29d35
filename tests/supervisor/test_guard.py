from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from awooop.config import ROOT
from awooop.database import Launcher
from awooop.supervisor import guard
from awooop.supervisor.guard import Guard
from tests.supervisor.support import family, is_running, kill, pids, wait_gone

_KILLED = """
import sys
from pathlib import Path
from awooop.database import Launcher
from awooop.supervisor.guard import Guard
data_dir = Path(sys.argv[1])
Guard(data_dir)
Launcher(data_dir, durable=False).join()
print("ready", flush=True)
sys.stdin.read()
"""


def test_groups_come_and_go():
    assert guard.listen(["+7\n", "+8\n", "-7\n"]) == {8}


def test_groups_known_at_the_start_come_and_go_too():
    assert guard.listen(["+7\n", "-8\n"], known=[8, 9]) == {7, 9}


def test_a_bye_leaves_nothing_to_do():
    assert guard.listen(["+7\n", "bye\n"]) is None


@pytest.fixture
def group(tmp_path):
    path = tmp_path / "pids"
    process = subprocess.Popen(family(path), process_group=0)
    yield pids(path)
    process.kill()
    process.wait()


def test_a_closed_pipe_ends_what_the_groups_leader_leaves(group):
    watcher = Guard(None)
    watcher.watch(group[0])
    watcher._process.stdin.close()
    kill(group[0])  # in this test nobody else tells it, as the kernel does by the death signal
    os.waitpid(group[0], 0)

    wait_gone(group)
    watcher._process.wait()


def test_a_guard_that_was_told_nothing_yet_knows_the_groups_it_was_started_with(group):
    watcher = Guard(None, groups=[group[0]])
    watcher._process.stdin.close()  # the one it guards was killed at once
    kill(group[0])
    os.waitpid(group[0], 0)

    wait_gone(group)
    watcher._process.wait()


def test_a_forgotten_group_is_left_alone(group):
    watcher = Guard(None)
    watcher.watch(group[0])
    watcher.forget(group[0])
    watcher._process.stdin.close()
    watcher._process.wait()

    assert all(map(is_running, group))


def test_a_dismissed_guard_is_gone_and_may_be_dismissed_again(group):
    watcher = Guard(None)
    watcher.watch(group[0])
    watcher.dismiss()
    watcher.dismiss()

    assert not watcher.is_alive
    assert all(map(is_running, group))


def test_the_database_of_a_killed_user_is_stopped():
    with tempfile.TemporaryDirectory(prefix="awooop-guard-") as name:
        data_dir = Path(name)
        data_dir.chmod(0o755)
        user = subprocess.Popen(
            [sys.executable, "-c", _KILLED, str(data_dir)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert user.stdout.readline() == b"ready\n"
        launcher = Launcher(data_dir)
        server = launcher.status().pid
        user.kill()
        user.communicate()

        wait_gone([server])
        launcher.destroy()
