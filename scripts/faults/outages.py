"""What else goes wrong with a database: a full disk, no connection left, a restart."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from awooop.database.dump import embedded_parameters
from scripts.screenshots.server import Server

DISK_MIB = 700
_LASTS_S = 12
_RECOVERS_S = 120


@dataclass
class Told:
    """What the console said during an outage, and how long after it it was ready again."""

    readyz: set[int]
    writes: dict[str, int]
    ready_after_s: float | None

    @property
    def hid(self) -> bool:
        """Whether writes failed more than once in passing while `/readyz` always said yes."""
        failed = sum(count for said, count in self.writes.items() if said != "201")
        return failed > 2 and self.readyz == {200}


@contextlib.contextmanager
def small_disk() -> Iterator[Path | None]:
    """Answer a folder on a small disk of its own; None where this account may not mount one."""
    folder = Path(tempfile.mkdtemp(prefix="awooop-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m,mode=755", "tmpfs", str(folder)]
    try:
        is_there = subprocess.run(mount, check=False, capture_output=True).returncode == 0
    except OSError:
        is_there = False
    try:
        yield folder if is_there else None
    finally:
        if is_there:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)
        folder.rmdir()


@contextlib.contextmanager
def full_disk(server: Server) -> Iterator[None]:
    """Fill the disk that the data directory is on to its last byte, for the block."""
    ballast = server.data_dir / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 65_536)
    try:
        yield
    finally:
        ballast.unlink()


@contextlib.contextmanager
def no_connections(server: Server) -> Iterator[None]:
    """Hold every connection that the database gives, for the block."""
    held: list[psycopg.Connection] = []
    try:
        for _ in range(10):  # as often as others give some back
            with contextlib.suppress(psycopg.OperationalError):
                while True:
                    held.append(psycopg.connect(**embedded_parameters(server.data_dir)))
        yield
    finally:
        for connection in held:
            connection.close()


@contextlib.contextmanager
def stopped_database(server: Server) -> Iterator[None]:
    """Stop the database as an administrator does (fast); nothing starts it but who needs it."""
    for path in server.data_dir.rglob("postmaster.pid"):
        with contextlib.suppress(OSError, ValueError):
            os.kill(int(path.read_text().split()[0]), signal.SIGINT)
    yield


OUTAGES: dict[str, Callable[[Server], contextlib.AbstractContextManager[None]]] = {
    "no connection left": no_connections,
    "database restarted": stopped_database,
    "disk full": full_disk,
}


def go_through(server: Server, kind: str, key: str) -> Told:
    """Let it happen for a while; answer what was said meanwhile."""
    told = Told(set(), {}, None)
    with OUTAGES[kind](server):
        end = time.monotonic() + _LASTS_S
        while time.monotonic() < end:
            told.readyz.add(_status(f"{server.base_url}/readyz"))
            said = _write(server, key)
            told.writes[said] = told.writes.get(said, 0) + 1
            time.sleep(0.3)
    began = time.monotonic()
    while time.monotonic() - began < _RECOVERS_S:
        if _status(f"{server.base_url}/readyz") == 200 and _write(server, key) == "201":
            told.ready_after_s = round(time.monotonic() - began, 1)
            break
        time.sleep(0.3)
    return told


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _write(server: Server, key: str) -> str:
    """Try to queue a run; answers the status, and whether it said when to come again."""
    request = urllib.request.Request(
        f"{server.base_url}/api/v1/platform/runs",
        data=json.dumps({"agent_id": "outage"}).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return str(answer.status)
    except urllib.error.HTTPError as error:
        return f"{error.code}{' Retry-After' if error.headers.get('Retry-After') else ''}"
    except OSError:
        return "no answer"
