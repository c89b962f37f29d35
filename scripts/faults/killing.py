"""Which process to kill next, and what comes back by itself."""

from __future__ import annotations

import contextlib
import os
import random
import signal
from pathlib import Path

KINDS = ("web worker", "web server", "cluster worker", "cluster", "database backend", "database")


def victims(supervisor: int, database: int) -> dict[str, list[int]]:
    """Answer the processes by kind, below a supervisor and a database server."""
    found: dict[str, list[int]] = {kind: [] for kind in KINDS}
    children = _children()
    for child in children.get(supervisor, []):
        said = _command(child)
        below = _below(child, children)
        if "granian" in said:
            found["web server"].append(child)
            found["web worker"] += below
        elif "qcluster" in said:
            found["cluster"].append(child)
            found["cluster worker"] += below
    found["database"] = [database]
    found["database backend"] = [
        one for one in children.get(database, []) if "awooop" in _command(one)
    ]
    return found


def kill_one(supervisor: int, database: int, pick: random.Random) -> str | None:
    """`kill -9` a process of a kind drawn by lot; answers the kind, None where none is there."""
    kind = pick.choice(KINDS)
    there = victims(supervisor, database)[kind]
    if not there:
        return None
    with contextlib.suppress(ProcessLookupError):
        os.kill(pick.choice(there), signal.SIGKILL)
    return kind


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            if fields[0] != "Z":
                found.setdefault(int(fields[1]), []).append(int(entry.name))
    return found


def _below(pid: int, children: dict[int, list[int]]) -> list[int]:
    found = list(children.get(pid, []))
    for child in children.get(pid, []):
        found += _below(child, children)
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
