"""Join, leave, start and stop the embedded PostgreSQL: the part that callers see."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from awooop.database import binaries, bootstrap, configuration, locks, placement, server
from awooop.database.accounts import Account
from awooop.database.errors import EmbeddedDatabaseError, InUseError
from awooop.database.layout import Layout

_LOCK_TIMEOUT_S = 330.0  # longer than a start may take
# The shared locks of this process, by base directory. A forked child inherits the descriptors, and
# with them the lock: the server counts as used as long as any such child lives, which is right.
_held: dict[Path, int] = {}
_mutex = threading.RLock()
_leaves_at_exit: set[tuple[int, Path]] = set()
os.register_at_fork(after_in_child=lambda: globals().update(_mutex=threading.RLock()))


@dataclass(frozen=True)
class Status:
    """What is known of the server without touching it."""

    running: bool
    pid: int | None
    version: str | None
    data_dir: str
    files: str
    socket_dir: str
    log: str
    kept: bool
    users: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """Answer plain types, for JSON."""
        return asdict(self)


class Launcher:
    """The embedded PostgreSQL of one data directory.

    `durable=False` is for databases that are thrown away: it is fast and loses data with the power.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self.data_dir = Path(data_dir).resolve()
        self.durable = durable

    @property
    def layout(self) -> Layout:
        """Where the files lie."""
        return placement.place(self.data_dir)

    def join(self) -> None:
        """Make sure the server runs and stays as long as this process does; safe to call often.

        Raises EmbeddedDatabaseError with the end of the server's log where it cannot be started.
        """
        with _mutex, _readable_errors():
            layout, account = placement.settle(self.data_dir)
            with locks.exclusive(layout.start_lock, timeout=_LOCK_TIMEOUT_S):
                is_new = self._hold(layout)
                try:
                    self._ensure(layout, account)
                except BaseException:
                    if is_new:
                        self._release(layout)
                    raise
            self._leave_at_exit(layout)

    def leave(self) -> None:
        """Give up this process's use; who leaves last stops the server (not after `start()`)."""
        with _mutex, _readable_errors():
            layout = self.layout
            if self._release(layout):
                self.stop_if_unused()

    def start(self) -> None:
        """Start the server so that it outlives its users, until `stop()`."""
        self.join()
        os.close(locks.open_owned(self.layout.keep_mark))

    def stop(self, *, force: bool = False) -> bool:
        """Stop the server and answer whether it ran; raises InUseError while others use it.

        This process's own use ends with it. `force` disconnects the others.
        """
        with _mutex, _readable_errors():
            layout = self.layout
            if not layout.base.exists():
                return False
            self._release(layout)
            with locks.exclusive(layout.start_lock, timeout=_LOCK_TIMEOUT_S):
                if not force and locks.is_held(layout.users_lock):
                    raise InUseError(_in_use(layout))
                layout.keep_mark.unlink(missing_ok=True)
                return self._stop(layout)

    def stop_if_unused(self) -> bool:
        """Stop the server where nobody uses it and nobody asked for it to stay; answers whether."""
        layout = self.layout
        if not layout.base.exists():
            return False
        with locks.exclusive(layout.start_lock, timeout=_LOCK_TIMEOUT_S):
            if layout.keep_mark.exists() or locks.is_held(layout.users_lock):
                return False
            return self._stop(layout)

    def destroy(self) -> None:
        """Stop the server whoever uses it and delete its data; for throw-away databases."""
        self.stop(force=True)
        placement.remove(self.data_dir)

    def programs(self) -> Path:
        """Answer the `bin` directory whose programs fit this server."""
        return binaries.find(_made_by(self.layout))

    def is_ready(self) -> bool:
        """Answer whether the server takes connections, by a look at its files."""
        return server.is_ready(self.layout)

    def status(self) -> Status:
        """Tell how the server is, without starting or changing anything."""
        with _readable_errors():
            return self._status()

    def _status(self) -> Status:
        layout = self.layout
        running = server.is_alive(layout)
        version = _made_by(layout)
        return Status(
            running=running,
            pid=server.pid(layout) if running else None,
            version=str(version) if version else None,
            data_dir=str(self.data_dir),
            files=str(layout.base),
            socket_dir=str(layout.socket_dir),
            log=str(layout.log),
            kept=layout.keep_mark.exists(),
            users=[{"pid": pid, "command": name} for pid, name in locks.holders(layout.users_lock)],
        )

    def _stop(self, layout: Layout) -> bool:
        was_running = server.is_alive(layout)
        server.stop(layout)
        placement.remove_socket_directory(layout.socket_dir)
        return was_running

    def _ensure(self, layout: Layout, account: Account) -> None:
        is_running = server.is_alive(layout) and server.wait_for_existing(layout)
        if is_running:
            placement.check_socket_directory(layout.socket_dir, account)
        else:
            self._start(layout, account)
        if is_running and bootstrap.is_set_up(layout):
            return
        if not bootstrap.is_set_up(layout):
            bootstrap.set_up(layout, account)
        _wait_answer(layout)

    def _start(self, layout: Layout, account: Account) -> None:
        programs = binaries.reachable(binaries.find(_made_by(layout)), account)
        bootstrap.clear_drafts(layout)
        if not layout.cluster.exists():
            bootstrap.init(layout, account, programs, durable=self.durable)
        setting_up = not bootstrap.is_set_up(layout)
        placement.make_socket_directory(layout.socket_dir, account)
        configuration.write(layout, account, durable=self.durable, setting_up=setting_up)
        server.start(layout, account, programs)

    def _hold(self, layout: Layout) -> bool:
        if layout.base in _held:
            return False
        fd = locks.open_owned(layout.users_lock)
        if not locks.try_lock(
            fd, exclusive=False
        ):  # only exclusive holders are under the start lock
            os.close(fd)
            raise EmbeddedDatabaseError(f"{layout.users_lock} is locked by a foreign program.")
        _held[layout.base] = fd
        return True

    def _release(self, layout: Layout) -> bool:
        fd = _held.pop(layout.base, None)
        if fd is None:
            return False
        os.close(fd)  # not LOCK_UN: that would take the lock from forked children as well
        return True

    def _leave_at_exit(self, layout: Layout) -> None:
        key = (os.getpid(), layout.base)
        if key not in _leaves_at_exit:
            _leaves_at_exit.add(key)
            atexit.register(_leave_quietly, self, os.getpid())


def _leave_quietly(launcher: Launcher, pid: int) -> None:
    """Leave at the end of the process that joined; its forked children have no say."""
    if os.getpid() != pid:
        return
    try:
        launcher.leave()
    except EmbeddedDatabaseError as error:
        sys.stderr.write(f"PostgreSQL was not stopped: {error}\n")


def _wait_answer(layout: Layout) -> None:
    deadline = time.monotonic() + 30
    while not server.answers(layout):
        if time.monotonic() > deadline:
            raise EmbeddedDatabaseError(
                "PostgreSQL runs but does not answer the application's role. The end of "
                f"{layout.log} says:\n{server.log_tail(layout)}"
            )
        time.sleep(0.1)


def _made_by(layout: Layout) -> int | None:
    try:
        return int((layout.cluster / "PG_VERSION").read_text())
    except (OSError, ValueError):
        return None


def _in_use(layout: Layout) -> str:
    users = [f"  {pid}  {command[:100]}" for pid, command in locks.holders(layout.users_lock)]
    named = "\n".join(users) or "  (processes of another account)"
    return f"PostgreSQL is in use and was not stopped:\n{named}\nStop these first, or use --force."


@contextmanager
def _readable_errors() -> Iterator[None]:
    """Turn what the file system refuses into a sentence."""
    try:
        yield
    except OSError as error:
        raise EmbeddedDatabaseError(f"The embedded PostgreSQL cannot be used: {error}") from error
