"""Another time for the installation's processes than for its database: a few lines of C, compiled
here and loaded before libc."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

_SOURCE = Path(__file__).with_name("clock.c")


class Clock:
    """The clock of every process but the database's, whose environment is its own."""

    def __init__(self, folder: Path) -> None:
        self._file, self._library = folder / "ahead", folder / "clock.so"
        self._file.write_bytes(struct.pack("=q", 0))
        self.can_move = _compile(self._library)

    def environment(self) -> dict[str, str]:
        """Answer what makes processes go by it."""
        if not self.can_move:
            return {}
        return {"LD_PRELOAD": str(self._library), "FAULTS_CLOCK": str(self._file)}

    def set_to(self, hours: int) -> None:
        """Let it jump so many hours ahead of the database's (behind: negative), at once."""
        fd = os.open(self._file, os.O_WRONLY)  # in place: it is mapped
        try:
            os.pwrite(fd, struct.pack("=q", hours * 3600), 0)
        finally:
            os.close(fd)


def _compile(target: Path) -> bool:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        return False
    command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(target), str(_SOURCE), "-ldl"]
    return subprocess.run(command, check=False).returncode == 0
