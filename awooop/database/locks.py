"""Advisory file locks (flock), and who holds them."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from awooop.database.errors import EmbeddedDatabaseError


def open_owned(path: Path, flags: int = os.O_RDWR) -> int:
    """Open (or make) a private file of the directory's owner, also when root opens it."""
    # O_NOFOLLOW: root must not write through a link that the directory's owner put there.
    fd = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.fchown(fd, owner.st_uid, owner.st_gid)
    return fd


def try_lock(fd: int, *, exclusive: bool) -> bool:
    """Answer whether the lock was free and is now held."""
    try:
        fcntl.flock(fd, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_lock(fd: int, *, timeout: float) -> bool:
    """Answer whether the exclusive lock was had within `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not try_lock(fd, exclusive=True):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_held(path: Path, *, exclusively: bool = False) -> bool:
    """Answer whether any process holds a lock (or an exclusive lock) on this file."""
    if not path.exists():
        return False
    fd = open_owned(path)
    try:
        return not try_lock(fd, exclusive=not exclusively)
    finally:
        os.close(fd)


@contextmanager
def exclusive(path: Path, *, timeout: float) -> Iterator[None]:
    """Hold the lock within the block; raises EmbeddedDatabaseError after `timeout` seconds."""
    fd = open_owned(path)
    try:
        if not wait_lock(fd, timeout=timeout):
            raise EmbeddedDatabaseError(
                f"Another process has been starting or stopping PostgreSQL for {timeout:.0f} s "
                f"(it holds {path})."
            )
        yield
    finally:
        os.close(fd)


def holders(path: Path) -> list[tuple[int, str]]:
    """Answer (pid, command line) of other processes that have this file open, as far as visible."""
    try:
        wanted = path.stat()
    except FileNotFoundError:
        return []
    found = []
    for proc in Path("/proc").glob("[0-9]*"):
        pid = int(proc.name)
        if pid != os.getpid() and _has_open(proc, wanted):
            found.append((pid, _command(proc)))
    return sorted(found)


def _has_open(proc: Path, wanted: os.stat_result) -> bool:
    try:
        for entry in (proc / "fd").iterdir():
            stat = entry.stat()
            if (stat.st_dev, stat.st_ino) == (wanted.st_dev, wanted.st_ino):
                return True
    except OSError:  # it ended meanwhile, or belongs to another account
        return False
    return False


def _command(proc: Path) -> str:
    try:
        return (proc / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return "?"
