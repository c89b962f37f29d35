"""A server of our own, on a data directory that is thrown away."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ADMIN = "admin@awooop.local"
VIEWER = ("viewer@example.org", "a long enough password")
PROJECT = "awoooi"
_SLOW_S = 300


@dataclass(frozen=True)
class Server:
    """Where it answers, and how to run a command on its data."""

    base_url: str
    data_dir: Path
    env: dict[str, str]
    pid: int = 0

    def manage(self, *args: str, stdin: str = "") -> str:
        """Run `manage.py`, answer what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *args],
            cwd=ROOT, env=self.env, input=stdin, text=True, check=True, stdout=subprocess.PIPE,
        )  # fmt: skip
        return done.stdout.strip()

    def accounts(self) -> dict[str, tuple[str, str]]:
        """Answer the address and password of each reader; makes those that are not there."""
        password = (self.data_dir / "admin-account").read_text().split()[-1]
        email, secret = VIEWER
        self.manage(
            "createoperator", email, "--project", PROJECT, "--role", "viewer", "--password-stdin",
            stdin=f"{secret}\n",
        )  # fmt: skip
        return {"admin": (ADMIN, password), "viewer": VIEWER}


@contextmanager
def throw_away(
    *, demo: bool, folder: Path | None = None, more: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Start one, wait until it answers; nothing of it is left behind.

    Its data directory is a new one in `folder` (None: where temporary files are); `more` is for its
    environment.
    """
    data_dir = Path(tempfile.mkdtemp(prefix="awooop-pictures-", dir=folder))
    data_dir.chmod(0o755)  # as root the database runs as another account
    port = _free_port()
    env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | {
        "AWOOOP_DATA_DIR": str(data_dir),
        "AWOOOP_DEMO": "1" if demo else "0",
        "BASE_URL": f"http://127.0.0.1:{port}",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "LOG_LEVEL": "WARNING",
        "WEB_WORKERS": "1",
        **(more or {}),
    }
    log = (data_dir / "up.log").open("w+")
    program = subprocess.Popen(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        _wait(program, env["BASE_URL"], data_dir / "up.log")
        yield Server(env["BASE_URL"], data_dir, env, program.pid)
    finally:
        program.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            program.wait(30)
        program.kill()
        log.close()
        shutil.rmtree(data_dir, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(program: subprocess.Popen[bytes], base_url: str, log: Path) -> None:
    deadline = time.monotonic() + _SLOW_S
    while program.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(f"{base_url}/readyz", timeout=5):
            return
        time.sleep(0.2)
    raise SystemExit(f"The server did not start:\n{log.read_text()}")
