"""The server's process: start it, know whether it lives, cure what a kill left behind, stop it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from awooop.database import locks, processes
from awooop.database.accounts import Account
from awooop.database.errors import EmbeddedDatabaseError
from awooop.database.layout import NAME, PORT, ROLE, Layout

START_TIMEOUT_S = 300  # crash recovery after a bulk load may take minutes
STOP_TIMEOUT_S = 60
_ORPHAN_PATIENCE_S = 3
_POLL_S = 0.02
_LOG_BOUND = 10 * 2**20
_ORPHANS = b"pre-existing shared memory block"
# Servers this process started: kept so that they are reaped, and not warned about.
_children: dict[int, subprocess.Popen[bytes]] = {}


def environment() -> dict[str, str]:
    """Answer a clean environment: stray PG* or locale variables must not change the server."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def is_alive(layout: Layout) -> bool:
    """Answer whether the server or any of its processes lives: they inherit the lock."""
    return locks.is_held(layout.server_lock, exclusively=True)


def pid(layout: Layout) -> int | None:
    """Answer the pid in PostgreSQL's pid file, which may be stale unless `is_alive()`."""
    line = _pid_file_line(layout, 0)
    return int(line) if line.isdigit() else None


def is_ready(layout: Layout) -> bool:
    """Answer whether the server lives and says it takes connections."""
    number = pid(layout)
    return (
        number is not None
        and _pid_file_line(layout, 7) == "ready"
        and processes.runs_server(number, layout.cluster)
    )


def answers(layout: Layout, *, timeout: int = 5) -> bool:
    """Answer whether the server answers a query of the application's role."""
    try:
        with psycopg.connect(
            host=str(layout.socket_dir),
            port=PORT,
            user=ROLE,
            dbname=NAME,
            connect_timeout=timeout,
            autocommit=True,
        ) as connection:
            return connection.execute("select 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def start(layout: Layout, account: Account, programs: Path) -> None:
    """Start the server and wait until it takes connections; the caller holds the start lock."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        offset = _open_log(layout)
        process = _launch(layout, account, programs)
        if _wait_ready(layout, process, deadline):
            return
        said = _log_since(layout, offset)
        # Orphans of a killed server notice within moments that it is gone.
        if _ORPHANS not in said or time.monotonic() > deadline:
            raise _failure(layout, "PostgreSQL does not start", said)
        time.sleep(0.2)


def wait_for_existing(layout: Layout) -> bool:
    """Wait for a server that lives already; answers False once it (and its orphans) are gone."""
    reap()
    begun = time.monotonic()
    while time.monotonic() < begun + START_TIMEOUT_S:
        if not is_alive(layout):
            return False
        if is_ready(layout):
            return True
        number = pid(layout)
        is_dead = number is None or not processes.runs_server(number, layout.cluster)
        if is_dead and time.monotonic() > begun + _ORPHAN_PATIENCE_S:
            processes.quit_orphans(layout.server_lock)
        time.sleep(_POLL_S)
    raise _failure(layout, "PostgreSQL is running but does not become ready", b"")


def stop(layout: Layout) -> None:
    """Stop the server (fast: clients are disconnected, nothing is lost), wait until it is gone."""
    if not is_alive(layout):
        return
    _signal(layout, signal.SIGINT)
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while is_alive(layout):
        if time.monotonic() > deadline:
            raise _failure(layout, f"PostgreSQL did not stop within {STOP_TIMEOUT_S} s", b"")
        time.sleep(_POLL_S)
    reap()


def reload(layout: Layout) -> None:
    """Make the server read its configuration again; it does so a moment later."""
    _signal(layout, signal.SIGHUP)


def clear_stale(layout: Layout) -> None:
    """Remove a dead server's pid file and socket lock; raises where a foreign server has the data.

    The caller holds the server lock, so that no server started by a launcher is alive. PostgreSQL
    alone only looks whether the pid exists, which may be a zombie's or any program's by now.
    """
    old = pid(layout)
    if old is not None and processes.runs_server(old, layout.cluster):
        raise EmbeddedDatabaseError(
            f"A PostgreSQL that this application did not start (pid {old}) has the data in "
            f"{layout.cluster}. Stop it first."
        )
    layout.pid_file.unlink(missing_ok=True)
    for leftover in layout.socket_dir.glob(".s.PGSQL.*"):
        leftover.unlink(missing_ok=True)


def log_tail(layout: Layout, lines: int = 15) -> str:
    """Answer the end of the server's log."""
    try:
        text = layout.log.read_bytes()[-8192:].decode(errors="replace")
    except OSError as error:
        return f"({error})"
    return "\n".join(text.splitlines()[-lines:])


def reap() -> None:
    """Collect servers that this process started and that have ended."""
    for child in [key for key, process in _children.items() if process.poll() is not None]:
        del _children[child]


def _launch(layout: Layout, account: Account, programs: Path) -> subprocess.Popen[bytes]:
    lock = locks.open_owned(layout.server_lock)
    log = locks.open_owned(layout.log, os.O_WRONLY | os.O_APPEND)
    try:
        if not locks.wait_lock(lock, timeout=5):  # somebody's look at it takes microseconds
            raise _failure(layout, "Processes of a stopped PostgreSQL are still there", b"")
        clear_stale(layout)
        process = subprocess.Popen(  # noqa: S603 - a path of ours
            [programs / "postgres", "-D", layout.cluster],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=environment(),
            start_new_session=True,  # Ctrl-C at the terminal is not for the server
            pass_fds=[lock],
            umask=0o077,
            **account.popen_options(),
        )
    finally:
        os.close(lock)
        os.close(log)
    _children[process.pid] = process
    return process


def _wait_ready(layout: Layout, process: subprocess.Popen[bytes], deadline: float) -> bool:
    while process.poll() is None:
        if pid(layout) == process.pid and is_ready(layout):
            return True
        if time.monotonic() > deadline:
            raise _failure(layout, "PostgreSQL is still recovering; it goes on in background", b"")
        time.sleep(_POLL_S)
    reap()
    return False


def _signal(layout: Layout, number: signal.Signals) -> None:
    target = pid(layout)
    if target is None:
        return  # between its last act and its end: waiting is enough
    try:
        os.kill(target, number)
    except ProcessLookupError:
        return
    except PermissionError as error:
        raise EmbeddedDatabaseError(f"PostgreSQL (pid {target}) is another account's.") from error


def _pid_file_line(layout: Layout, index: int) -> str:
    try:
        return layout.pid_file.read_text().splitlines()[index].strip()
    except (OSError, IndexError):
        return ""


def _open_log(layout: Layout) -> int:
    """Put a grown log aside and answer where new lines begin."""
    try:
        size = layout.log.stat().st_size
    except FileNotFoundError:
        return 0
    if size < _LOG_BOUND:
        return size
    layout.log.replace(layout.log.with_suffix(".log.old"))
    return 0


def _log_since(layout: Layout, offset: int) -> bytes:
    try:
        with layout.log.open("rb") as file:
            file.seek(offset)
            return file.read()
    except OSError:
        return b""


def _failure(layout: Layout, what: str, said: bytes) -> EmbeddedDatabaseError:
    text = said.decode(errors="replace").strip()[-2000:] or log_tail(layout)
    return EmbeddedDatabaseError(f"{what}. The end of {layout.log} says:\n{text}")
