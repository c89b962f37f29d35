"""Where the embedded database's files are, computed from the data directory alone."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "awooop"
ROLE = "awooop"
BACKUP_ROLE = "awooop_backup"
PORT = 5432  # only part of the socket's file name: there is no TCP listener
POINTER = "postgres.location"


@dataclass(frozen=True)
class Layout:
    """The files of one embedded database below its base directory."""

    base: Path
    socket_dir: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.base / "data"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.base / "server.log"

    @property
    def start_lock(self) -> Path:
        """Held exclusively for the moment of joining, starting or stopping."""
        return self.base / "start.lock"

    @property
    def users_lock(self) -> Path:
        """Held shared by every process that uses the server."""
        return self.base / "users.lock"

    @property
    def server_lock(self) -> Path:
        """Held by the server and each of its processes, as an inherited descriptor."""
        return self.base / "server.lock"

    @property
    def setup_mark(self) -> Path:
        """Which version of the set-up (roles, extensions, database) is complete."""
        return self.base / "setup.version"

    @property
    def keep_mark(self) -> Path:
        """Exists where a person asked for a server that outlives its users (`db start`)."""
        return self.base / "keep-running"

    @property
    def pid_file(self) -> Path:
        """PostgreSQL's own pid file."""
        return self.cluster / "postmaster.pid"


def digest(data_dir: Path) -> str:
    """Answer eight hex digits that stand for this data directory."""
    return hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:8]


def socket_dir(data_dir: Path) -> Path:
    """Answer the short directory of the socket: `sun_path` holds 108 bytes, checkout paths more."""
    return Path("/tmp") / f"awooop-pg-{_owner(data_dir)}-{digest(data_dir)}"  # noqa: S108 - owner checked


def embedded_settings(data_dir: Path) -> dict[str, Any]:
    """Answer Django's DATABASES entry for the embedded server; nothing is started or written."""
    return {
        "ENGINE": "awooop.database.backend",
        "NAME": NAME,
        "USER": ROLE,
        "PASSWORD": "",
        "HOST": str(socket_dir(data_dir)),
        "PORT": str(PORT),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "EMBEDDED_DATA_DIR": str(data_dir.resolve()),
    }


def _owner(data_dir: Path) -> int:
    """Answer who owns the data directory, so that root and the owner name the same socket."""
    try:
        return data_dir.stat().st_uid
    except FileNotFoundError:
        return os.geteuid()
