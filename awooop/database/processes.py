"""What the operating system knows of a pid: after a kill it may be a zombie's or any program's."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from awooop.database import locks


def runs_server(pid: int, cluster: Path) -> bool:
    """Answer whether this pid is a living PostgreSQL server on this data directory."""
    proc = Path(f"/proc/{pid}")
    if not proc.parent.joinpath("self").exists():
        return _exists(pid)  # no /proc on this system: the pid must do
    try:
        command = (proc / "cmdline").read_bytes().split(b"\0")
        state = (proc / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    program = Path(os.fsdecode(command[0])).name
    return state != "Z" and program in ("postgres", "postmaster") and _names(cluster, command)


def quit_orphans(server_lock: Path) -> None:
    """Tell backends that outlived their killed server to end: they hold its lock and the memory."""
    for pid, command in locks.holders(server_lock):
        if command.startswith("postgres: "):
            try:
                os.kill(pid, signal.SIGQUIT)
            except ProcessLookupError:
                continue


def _names(cluster: Path, command: list[bytes]) -> bool:
    return os.fsencode(cluster) in command


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
