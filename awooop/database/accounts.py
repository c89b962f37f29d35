"""Which operating-system account the server runs as: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from awooop.database.errors import EmbeddedDatabaseError

SERVICE = "awooop"
STATE = Path("/var/lib/awooop")


@dataclass(frozen=True)
class Account:
    """An account with a name in the password database (peer authentication needs the name)."""

    name: str
    uid: int
    gid: int

    @property
    def is_self(self) -> bool:
        """Whether this process already runs as the account."""
        return self.uid == os.geteuid()

    def popen_options(self) -> dict[str, Any]:
        """Answer what makes `subprocess` run a program as this account."""
        if self.is_self:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give the path to the account."""
        if not self.is_self:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def current() -> Account:
    """Answer the account this process runs as; raises where its uid has no name."""
    return by_uid(os.geteuid())


def by_uid(uid: int) -> Account:
    """Answer the account of a uid; raises EmbeddedDatabaseError where it has no name."""
    try:
        row = pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedDatabaseError(
            f"The uid {uid} has no account in /etc/passwd, which PostgreSQL needs. Run as a named "
            "account, or set DATABASE_URL to a PostgreSQL of your own."
        ) from None
    return Account(row.pw_name, row.pw_uid, row.pw_gid)


def for_server(cluster: Path) -> Account:
    """Answer who runs the server: the data's owner, else us, else (as root) a system account."""
    owner = _owner(cluster)
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise EmbeddedDatabaseError(
                f"The database in {cluster} belongs to another account ({_name(owner)}). Run the "
                "command as that account or as root, or set AWOOOP_DATA_DIR elsewhere."
            )
        return current()
    return by_uid(owner) if owner else service()


def service() -> Account:
    """Answer the system account that root drops to, making it where there is none."""
    return _lookup(SERVICE) or _create() or _lookup("postgres") or _lookup("nobody") or _refuse()


def can_reach(account: Account, path: Path) -> bool:
    """Answer whether every directory above `path` lets the account through, by their mode bits."""
    return all(_can_search(account, parent.stat()) for parent in path.absolute().parents)


def make_state(path: Path) -> None:
    """Make STATE or a directory in it that every account may pass through, whatever the umask."""
    for folder in (STATE, path):
        if not folder.exists():
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)


def _can_search(account: Account, found: os.stat_result) -> bool:
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _owner(cluster: Path) -> int | None:
    try:
        return cluster.stat().st_uid
    except (FileNotFoundError, PermissionError):
        return None


def _name(uid: int | None) -> str:
    try:
        return pwd.getpwuid(uid or 0).pw_name
    except KeyError:
        return f"uid {uid}"


def _lookup(name: str) -> Account | None:
    try:
        row = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(row.pw_name, row.pw_uid, row.pw_gid) if row.pw_uid else None


def _create() -> Account | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return None
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", str(STATE)]
    subprocess.run(  # noqa: S603 - fixed arguments
        [useradd, *options, "--shell", "/usr/sbin/nologin", SERVICE],
        check=False,  # another first start may have been quicker, or /etc read-only: look again
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
    return _lookup(SERVICE)


def _refuse() -> Account:
    raise EmbeddedDatabaseError(
        "PostgreSQL does not run as root, and there is no account to drop to: create one "
        f"(useradd --system {SERVICE}), or start as an ordinary user."
    )
