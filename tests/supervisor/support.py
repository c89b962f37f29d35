"""Helpers of the supervisor's tests: tiny fake programs, and waiting for what they do."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

# Writes its pid and its child's into a file, then waits for a signal.
FAMILY = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
import os
with open(sys.argv[1] + ".draft", "w") as file:
    file.write(f"{os.getpid()} {child.pid}")
os.rename(sys.argv[1] + ".draft", sys.argv[1])
time.sleep(600)
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + FAMILY


def family(path: Path, *, stubborn: bool = False) -> list[str]:
    """Answer the command of a program with a child; it writes both pids to `path`."""
    return [sys.executable, "-c", STUBBORN if stubborn else FAMILY, str(path)]


def pids(path: Path) -> list[int]:
    """Wait for the family's pids, and take the file away so that the next start is seen."""
    wait_until(path.exists, what=f"{path} does not appear")
    found = [int(word) for word in path.read_text().split()]
    path.unlink()
    return found


def is_running(pid: int) -> bool:
    """Answer whether the pid lives and is not a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def wait_gone(numbers: list[int]) -> None:
    """Wait until none of the pids runs."""
    wait_until(lambda: not any(map(is_running, numbers)), what=f"{numbers} still run")


def wait_until(condition: Callable[[], bool], *, what: str, seconds: float = 60) -> None:
    """Poll for what other processes do."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def kill(pid: int) -> None:
    """Kill a process of the test's own, unless it has ended by itself."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
