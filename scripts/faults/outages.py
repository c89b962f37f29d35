"""What else goes wrong with a database: a full disk, no connection left, a restart."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from awooop.database.dump import embedded_parameters
from scripts.faults.clocks import Clock
from scripts.faults.neighbours import Neighbours
from scripts.screenshots.server import ROOT, Server

DISK_MIB = 700
# Sweeps ring each minute, may wait for the scheduler's half minute, and for a worker.
BEAT_S = 150
_RECOVERS_S = 120
_CHECK_S = 60


@dataclass
class Told:
    """What the console said during an outage, and how long after it it was ready again."""

    readyz: set[int]
    writes: dict[str, int]
    ready_after_s: float | None
    stops_writes: bool = True
    slowest_write_s: float = 0.0
    said: list[str] = field(default_factory=list)
    oldest_beat_s: float | None = None

    def wrong(self) -> list[str]:
        """Answer what should not have been."""
        failed = sum(count for said, count in self.writes.items() if said != "201")
        found = [] if self.ready_after_s is not None else ["not ready again"]
        if failed > 2 and self.readyz == {200}:
            found.append("/readyz hid it")
        if self.stops_writes:
            return found
        if failed > 2:
            found.append(f"{failed} writes failed")
        if self.oldest_beat_s is None or self.oldest_beat_s > BEAT_S:
            found.append(f"the cluster's sweeps stood still for {self.oldest_beat_s} s")
        if not self.said:
            found.append("nothing said so")
        return found


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


@dataclass(frozen=True)
class Around:
    """What an outage acts on."""

    server: Server
    neighbours: Neighbours
    clock: Clock


def _of_neighbours(mode: str) -> Callable[[Around], contextlib.AbstractContextManager[None]]:
    @contextlib.contextmanager
    def outage(around: Around) -> Iterator[None]:
        around.neighbours.become(mode)
        # The self-check that asks Prometheus, which the cluster would run within the hour.
        asks = [sys.executable, "manage.py", "self_check", "--check", "slo_compliance"]
        check = subprocess.Popen(asks, cwd=ROOT, env=around.server.env, stdout=subprocess.DEVNULL)
        try:
            yield
            check.wait(_CHECK_S)  # raises where it hangs with who it asks
        finally:
            check.kill()
            around.neighbours.become("well")

    return outage


def _of_the_clock(hours: int) -> Callable[[Around], contextlib.AbstractContextManager[None]]:
    @contextlib.contextmanager
    def outage(around: Around) -> Iterator[None]:
        around.clock.set_to(hours)
        try:
            yield
        finally:
            around.clock.set_to(0)

    return outage


@dataclass(frozen=True)
class Outage:
    """How it comes about, for how long, and whether writes may fail meanwhile."""

    happens: Callable[[Around], contextlib.AbstractContextManager[None]]
    lasts_s: float = 12
    stops_writes: bool = True


OUTAGES: dict[str, Outage] = {
    "clock two hours ahead": Outage(_of_the_clock(2), 75, stops_writes=False),
    "clock two hours behind": Outage(_of_the_clock(-2), 75, stops_writes=False),
    "receivers slow": Outage(_of_neighbours("slow"), 75, stops_writes=False),
    "receivers wrong": Outage(_of_neighbours("wrong"), 30, stops_writes=False),
    "receivers gone": Outage(_of_neighbours("gone"), 30, stops_writes=False),
    "no connection left": Outage(lambda around: no_connections(around.server)),
    "database restarted": Outage(lambda around: stopped_database(around.server)),
    "disk full": Outage(lambda around: full_disk(around.server)),
}


def go_through(around: Around, kind: str, key: str) -> Told:
    """Let it happen for a while; answer what was said meanwhile."""
    outage, server = OUTAGES[kind], around.server
    told = Told(set(), {}, None, stops_writes=outage.stops_writes)
    with outage.happens(around):
        end = time.monotonic() + outage.lasts_s
        while time.monotonic() < end:
            told.readyz.add(_status(f"{server.base_url}/readyz"))
            began = time.monotonic()
            said = _write(server, key)
            told.slowest_write_s = max(told.slowest_write_s, round(time.monotonic() - began, 1))
            told.writes[said] = told.writes.get(said, 0) + 1
            time.sleep(0.3)
        told.said = _said(server)
        told.oldest_beat_s = _oldest_beat(server)
    began = time.monotonic()
    while time.monotonic() - began < _RECOVERS_S:
        if _status(f"{server.base_url}/readyz") == 200 and _write(server, key) == "201":
            told.ready_after_s = round(time.monotonic() - began, 1)
            break
        time.sleep(0.3)
    return told


def _said(server: Server) -> list[str]:
    """Answer what /readyz and the metrics say is wrong."""
    said = []
    with contextlib.suppress(OSError, ValueError):
        checks = json.loads(_read(f"{server.base_url}/readyz"))["checks"]
        said += [f"readyz: {name}" for name, one in checks.items() if not one["ok"]]
        said += [f"readyz: {one['warning']}" for one in checks.values() if one.get("warning")]
    for name, labels, value in _metrics(server):
        is_count = name == "awooop_webhook_attempts_total" and 'result="failed"' in labels
        if value and (is_count or name in _TELLING):
            said.append(f"{name} {value:.0f}")
    return said


def _oldest_beat(server: Server) -> float | None:
    """Answer for how long the task of those that ring each minute did nothing that did so the
    longest, by the database's clock."""
    beats = [
        time.time() - value
        for name, labels, value in _metrics(server)
        if name == "awooop_task_last_success_timestamp_seconds"
        and any(f'task="{task}"' in labels for task in ("runs.sweep", "approvals.sweep"))
    ]
    return round(max(beats), 1) if beats else None


_TELLING = ("awooop_clock_behind_seconds", "awooop_outbox_oldest_age_seconds")


def _metrics(server: Server) -> list[tuple[str, str, float]]:
    try:
        text = _read(f"{server.base_url}/metrics")
    except OSError:
        return []
    rows = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return [(*name.partition("{")[::2], float(value)) for name, _, value in rows]


def _read(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.read().decode()


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
