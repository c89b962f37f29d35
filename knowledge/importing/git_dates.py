"""When each file of a git checkout was first and last committed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

_TIMEOUT_S = 120
_MARK = "\x01"


@dataclass(frozen=True)
class Checkout:
    """A working tree: where it is, what it is called, and the dates of its files."""

    root: Path
    name: str
    commit: str
    dates: Mapping[str, tuple[datetime, datetime]] = field(default_factory=dict)


def read(folder: Path) -> Checkout | None:
    """Answer the checkout that a folder lies in; None where there is none (or no git)."""
    root = _git(folder, "rev-parse", "--show-toplevel")
    if root is None:
        return None
    top = Path(root.strip())
    name = _name(_git(top, "config", "--get", "remote.origin.url") or "") or top.name
    commit = (_git(top, "rev-parse", "HEAD") or "").strip()
    log = _git(
        top, "log", "--no-renames", f"--format={_MARK}%aI", "--name-only", "-z", "--", str(folder)
    )
    return Checkout(top, name, commit, _dates(log or ""))


def _dates(log: str) -> dict[str, tuple[datetime, datetime]]:
    """Read `git log`, newest commit first: a file's first mention is its last change."""
    found: dict[str, tuple[datetime, datetime]] = {}
    at: datetime | None = None
    for piece in log.split("\0"):
        for part in piece.split("\n"):
            if part.startswith(_MARK):
                at = datetime.fromisoformat(part[1:])
            elif part and at is not None:
                last = found[part][1] if part in found else at
                found[part] = (at, last)
    return found


def _name(url: str) -> str:
    """Answer `owner/name` of a remote's address."""
    parts = url.strip().removesuffix("/").removesuffix(".git").replace(":", "/").split("/")
    return "/".join(part for part in parts[-2:] if part)


def _git(folder: Path, *arguments: str) -> str | None:
    program = shutil.which("git")
    if program is None:
        return None
    # No hooks, pagers or helpers of the checkout run by these commands; nothing is asked.
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
            [program, "-c", "core.fsmonitor=false", "-C", str(folder), *arguments],
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
