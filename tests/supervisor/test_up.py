"""`manage.py up` as a person runs it: one whole life, and what is left after it."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

from awooop import config
from awooop.config import ROOT
from awooop.database import Launcher
from awooop.management.commands import up as up_command
from tests.supervisor.support import kill, wait_gone


class Up:
    """A running `manage.py up` on a data directory of its own."""

    def __init__(self, data_dir: Path, port: int) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **environment(data_dir, port)},
        )

    def wait_ready(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if line.startswith("Ctrl-C"):
                return
        pytest.fail("".join(self.lines))

    def family(self) -> list[int]:
        """Answer the pids of the process and of everything below it."""
        found, todo = [], [self.process.pid]
        while todo:
            found.append(todo.pop())
            children = Path(f"/proc/{found[-1]}/task/{found[-1]}/children")
            todo += [int(word) for word in children.read_text().split()]
        return found


def environment(data_dir, port):
    return {
        "AWOOOP_DATA_DIR": str(data_dir),
        "DJANGO_SETTINGS_MODULE": "awooop.settings",
        "DATABASE_URL": "",
        "AWOOOP_DEMO": "0",
        "PORT": str(port),
        "BASE_URL": "",
        "LOG_LEVEL": "WARNING",
    }


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def data_dir():
    with tempfile.TemporaryDirectory(prefix="awooop-up-") as name:
        Path(name).chmod(0o755)
        yield Path(name)
        Launcher(Path(name)).destroy()


@pytest.fixture
def up(data_dir, port):
    made = []

    def start():
        made.append(Up(data_dir, port))
        made[-1].wait_ready()
        return made[-1]

    yield start
    for each in made:
        each.process.kill()
        each.process.communicate()


def test_from_a_first_start_by_way_of_a_kill_of_everything_to_an_end_in_order(up, port, data_dir):
    first = up()
    assert any("Password" in line for line in first.lines)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
        assert answer.status == 200
    everybody = first.family()
    for pid in everybody:
        kill(pid)
    first.process.wait()
    wait_gone(everybody)

    second = up()
    assert not any("Password  " in line for line in second.lines)
    everybody = second.family()
    second.process.send_signal(signal.SIGINT)
    assert second.process.wait(timeout=30) == 0
    wait_gone(everybody)
    assert not Launcher(data_dir).status().running


def test_a_taken_port_is_said_at_once_and_nothing_is_started(data_dir):
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env={**os.environ, **environment(data_dir, taken)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert f"port {taken}" in done.stderr
    assert not (data_dir / "postgres").exists()


def test_after_a_slow_start_it_still_says_where_it_is(monkeypatch):
    monkeypatch.setattr(up_command, "_SLOW_S", -1)
    answers = iter([False, False, True, True])
    monkeypatch.setattr(up_command, "_answers", lambda host, port: next(answers))
    said = io.StringIO()
    command = up_command.Command(stdout=said)
    command.config, command.begun, command.password = config.current(), time.monotonic(), "secret"
    command.announced = command.excused = False
    for _ in range(4):
        command._announce()
    assert said.getvalue().count("does not answer yet") == 1
    assert said.getvalue().count("Password  secret") == 1
