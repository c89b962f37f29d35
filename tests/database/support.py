"""Helpers of the database's tests: other processes, connections, kills, waiting."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from awooop.config import ROOT
from awooop.database import Launcher, accounts, embedded_settings, processes
from awooop.database.dump import parameters

_USER = """
import sys
from pathlib import Path
from awooop.database import Launcher
Launcher(Path(sys.argv[1])).join()
print("joined", flush=True)
sys.stdin.read()
"""


_SITE = Path(psycopg.__file__).parent.parent


def python_for(name: str | None) -> str:
    """Answer a Python that the account can run; skips the test where there is none."""
    if name is None:
        return sys.executable
    row = pwd.getpwnam(name)
    account = accounts.Account(row.pw_name, row.pw_uid, row.pw_gid)
    wanted = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for path in (sys.executable, f"/usr/bin/{wanted}", f"/usr/local/bin/{wanted}"):
        needed = (Path(path).resolve(), _SITE / "psycopg", ROOT / "awooop")
        if Path(path).exists() and all(accounts.can_reach(account, each) for each in needed):
            return path
    pytest.skip(f"the account {name} reaches no Python {wanted} or not this checkout")


class User:
    """Another process that uses the database until it is told to end."""

    def __init__(self, data_dir: Path, *, account: str | None = None) -> None:
        drop: dict[str, Any] = {}
        if account:
            row = pwd.getpwnam(account)
            drop = {"user": row.pw_uid, "group": row.pw_gid, "extra_groups": []}
        self.process = subprocess.Popen(
            [python_for(account), "-c", _USER, str(data_dir)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": f"{ROOT}:{_SITE}"},
            text=True,
            **drop,
        )

    def wait_joined(self) -> User:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line == "joined\n", self.process.stderr and self.process.stderr.read()
        return self

    def end(self) -> None:
        self.process.communicate(timeout=60)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def connect(launcher: Launcher, **changes: Any) -> psycopg.Connection:
    """Connect as the application does."""
    found = {**parameters(embedded_settings(launcher.data_dir)), **changes}
    return psycopg.connect(**found, autocommit=True)


def kill_server(launcher: Launcher) -> None:
    """Kill the server and wait until it is dead (its orphans may live a little longer)."""
    pid = launcher.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    cluster = launcher.layout.cluster
    wait_until(lambda: not processes.runs_server(pid, cluster), what="it survived SIGKILL")


def wait_until(condition: Callable[[], bool], *, what: str, seconds: float = 60) -> None:
    """Poll for what other processes do."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)
