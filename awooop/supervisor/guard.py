"""The last net: a tiny process that cleans up when the one it guards was killed.

The process groups that there are stand on its command line, so that it knows them from its first
moment. It reads lines from a pipe whose other end only the guarded process has: `+GROUP` and
`-GROUP` for groups that come and go, `bye` for an end in order. When the pipe closes without a
`bye`, it ends the groups and stops (or, for throw-away databases, deletes) the embedded PostgreSQL.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_GRACE_S = 8.0
_POLL_S = 0.1


class Guard:
    """The guarded process's handle on its guard; `groups` are those that run already."""

    def __init__(
        self, data_dir: Path | None, *, destroy: bool = False, groups: Iterable[int] = ()
    ) -> None:
        options = [f"--data-dir={data_dir}"] if data_dir else []
        options += ["--destroy"] if destroy else []
        options += [f"--group={group}" for group in groups]
        self._process = subprocess.Popen(  # noqa: S603 - our own command line
            [sys.executable, "-m", __name__, *options],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C at the terminal is not for the guard
        )

    @property
    def is_alive(self) -> bool:
        """Whether the guard still runs."""
        return self._process.poll() is None

    def watch(self, group: int) -> None:
        """Have this process group ended if we are killed."""
        self._say(f"+{group}")

    def forget(self, group: int) -> None:
        """This process group is gone; its number may be given to others."""
        self._say(f"-{group}")

    def dismiss(self) -> None:
        """End the guard: everything was cleaned up in order."""
        self._say("bye")
        with contextlib.suppress(BrokenPipeError):
            self._process.communicate()
        self._process.stdin = None

    def _say(self, line: str) -> None:
        if self._process.stdin is None:
            return
        with contextlib.suppress(BrokenPipeError):  # it was killed; the supervisor starts another
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()


def main(arguments: list[str]) -> None:
    """Wait for the guarded process's end, then clean up after it where that is needed."""
    parser = argparse.ArgumentParser(prog="guard")
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--destroy", action="store_true")
    parser.add_argument("--group", type=int, action="append", default=[], dest="groups")
    options = parser.parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups = listen(sys.stdin, options.groups)
    if groups is None:
        return
    end(groups)
    if options.data_dir:
        clean_database(options.data_dir, destroy=options.destroy)


def listen(lines: Iterable[str], known: Iterable[int] = ()) -> set[int] | None:
    """Answer the groups left of those known and told when the lines end, or None after a `bye`."""
    groups = set(known)
    for line in lines:
        word = line.strip()
        if word == "bye":
            return None
        if word.startswith("+"):
            groups.add(int(word[1:]))
        elif word.startswith("-"):
            groups.discard(int(word[1:]))
    return groups


def end(groups: set[int]) -> None:
    """End the process groups: their leaders have some time to do it in order."""
    # On Linux the death of the guarded process has sent SIGTERM already (see Child), and a second
    # one wedges a django-q2 cluster that is stopping.
    if sys.platform != "linux":
        for group in groups:
            _send(os.kill, group, signal.SIGTERM)
    deadline = time.monotonic() + _GRACE_S
    while time.monotonic() < deadline and any(_send(os.kill, group, 0) for group in groups):
        time.sleep(_POLL_S)
    for group in groups:
        _send(os.killpg, group, signal.SIGKILL)


def clean_database(data_dir: Path, *, destroy: bool) -> None:
    """Stop the embedded server unless others use it; with `destroy`, delete the data directory."""
    from awooop.database import Launcher  # only now: a guard that sleeps should be small

    launcher = Launcher(data_dir)
    if destroy:
        launcher.destroy()
        shutil.rmtree(data_dir, ignore_errors=True)
        return
    deadline = time.monotonic() + 3  # the killed groups let go of it within moments
    while launcher.status().running and time.monotonic() < deadline:
        if launcher.stop_if_unused():
            return
        time.sleep(_POLL_S)


def _send(how: Callable[[int, int], None], target: int, number: int) -> bool:
    try:
        how(target, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main(sys.argv[1:])
