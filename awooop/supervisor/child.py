"""One supervised program with its whole process group."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

_IS_LINUX = sys.platform == "linux"
_PR_SET_PDEATHSIG = 1
# What served for so long does not end at its start: it is started again at once.
_LONG_LIFE_S = 10.0
_MAX_DELAY_S = 30.0
_POLL_S = 0.05


class Child:
    """A program that runs in a process group of its own and is started again when it ends."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
        grace_s: float = 8.0,
        before_start: Callable[[], None] | None = None,
        stands_still: Callable[[float], bool] | None = None,
    ) -> None:
        self.name = name
        self.grace_s = grace_s
        self.stands_still = stands_still
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.restart_at = 0.0
        self.quick_ends = 0
        self._command, self._cwd, self._env = list(command), cwd, env
        self._before_start = before_start

    @property
    def pid(self) -> int | None:
        """The pid, which is also the process group's id, or None while it does not run."""
        return self.process.pid if self.process else None

    def start(self) -> int:
        """Start the program; answers its pid."""
        if self._before_start:
            self._before_start()
        self.process = subprocess.Popen(  # noqa: S603 - our own command lines
            self._command,
            cwd=self._cwd,
            env={**os.environ, **(self._env or {})},
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=_die_with(os.getpid()) if _IS_LINUX else None,
        )
        self.started_at = time.monotonic()
        return self.process.pid

    def take_exit(self) -> int | None:
        """Answer the exit code once the program ended, with the rest of its group killed."""
        if self.process is None or not _has_ended(self.process.pid):
            return None
        # Before the pid is reaped (and may be given away): the program's children outlive it.
        _signal_group(self.process.pid, signal.SIGKILL)
        code = self.process.wait()
        self.process = None
        self._plan_restart()
        return code

    def is_due(self) -> bool:
        """Answer whether it does not run and its pause is over."""
        return self.process is None and time.monotonic() >= self.restart_at

    def ask_to_stop(self) -> None:
        """Ask the program itself to end in order; its children are its own business."""
        if self.process:
            self.process.terminate()

    def kill(self) -> None:
        """Kill the whole group at once and collect the program."""
        if self.process:
            _signal_group(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self, *, hurry: Callable[[], bool] = lambda: False) -> None:
        """Stop the program in order, and whatever is left of its group after the grace by force."""
        self.ask_to_stop()
        deadline = time.monotonic() + self.grace_s
        while self.process and not _has_ended(self.process.pid):
            if time.monotonic() > deadline or hurry():
                break
            time.sleep(_POLL_S)
        self.kill()

    def _plan_restart(self) -> None:
        lived = time.monotonic() - self.started_at
        self.quick_ends = 0 if lived > _LONG_LIFE_S else self.quick_ends + 1
        self.restart_at = time.monotonic() + backoff(self.quick_ends)


def backoff(quick_ends: int) -> float:
    """Answer seconds to wait before the next start, after so many starts that did not last."""
    return min(_MAX_DELAY_S, 0.5 * 2**quick_ends) if quick_ends else 0.0


def _die_with(parent: int) -> Callable[[], None]:
    libc = ctypes.CDLL(None, use_errno=True)  # loaded before the fork: nothing may import after it

    def set_death_signal() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return set_death_signal


def _has_ended(pid: int) -> bool:
    """Answer whether our child ended, without reaping it."""
    try:
        found = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return True
    return found is not None


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return  # nobody is left in it
