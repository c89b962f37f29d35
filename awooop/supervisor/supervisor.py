"""Keep the children running until a signal asks to stop, then stop them in order."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

import structlog

from awooop.supervisor.child import Child
from awooop.supervisor.guard import Guard

log = structlog.get_logger(__name__)
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_TICK_S = 0.5
_STILL_EVERY_S = 15.0


class Supervisor:
    """Runs children; they are stopped in the order given."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        guard_data_dir: Path | None = None,
        on_tick: Callable[[], None] = lambda: None,
    ) -> None:
        self.children = list(children)
        self._data_dir = guard_data_dir
        self._guard = Guard(guard_data_dir)
        self._on_tick = on_tick
        self._signals = 0
        self._looked_at = time.monotonic()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)

    def run(self) -> None:
        """Start everything and return once a signal came and every child has ended."""
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        for number in SIGNALS:
            signal.signal(number, self._on_signal)
        while not self._signals:
            self.tick()
            select.select([self._wake_read], [], [], _TICK_S)
        self.stop()

    def tick(self) -> None:
        """Do one round: start what does not run, and replace what stands still."""
        self._look_after_guard()
        for child in self.children:
            self._look_after(child)
        if time.monotonic() - self._looked_at > _STILL_EVERY_S:
            self._looked_at = time.monotonic()
            self._replace_still()
        self._on_tick()

    def stop(self) -> None:
        """Stop the children in order; another signal makes it quick. Safe to call again."""
        asked = self._signals
        for child in self.children:
            child.stop(hurry=lambda: self._signals > asked)
        self._guard.dismiss()

    def _look_after(self, child: Child) -> None:
        pid = child.pid
        code = child.take_exit()
        if code is not None and pid is not None:
            self._guard.forget(pid)
            log.warning("child_ended", child=child.name, code=code, quick_ends=child.quick_ends)
        if child.is_due():
            self._guard.watch(child.start())

    def _replace_still(self) -> None:
        for child in self.children:
            if child.pid and child.stands_still and child.stands_still(child.started_at):
                log.error("child_stands_still", child=child.name, pid=child.pid)
                self._guard.forget(child.pid)
                child.kill()

    def _look_after_guard(self) -> None:
        if self._guard.is_alive:
            return
        log.warning("guard_ended")
        groups = [child.pid for child in self.children if child.pid]
        self._guard = Guard(self._data_dir, groups=groups)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1
