"""Decide where the database's files lie, and make the directories."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from pathlib import Path

from awooop.database import accounts
from awooop.database.accounts import Account
from awooop.database.errors import EmbeddedDatabaseError
from awooop.database.layout import POINTER, Layout, digest, socket_dir


def place(data_dir: Path) -> Layout:
    """Answer where the files lie, or would lie if nothing stands in the way; nothing is written."""
    base = data_dir / "postgres"
    pointer = data_dir / POINTER
    if not (base / "data").exists() and pointer.exists():
        base = Path(pointer.read_text().strip())
    return Layout(base, socket_dir(data_dir))


def settle(data_dir: Path) -> tuple[Layout, Account]:
    """Answer where the files lie and who owns them, with the directories made and checked."""
    data_dir.mkdir(parents=True, exist_ok=True)
    layout = place(data_dir)
    account = accounts.for_server(layout.cluster)
    if not layout.cluster.exists() and not accounts.can_reach(account, layout.base):
        layout = _relocate(data_dir)
    # Open for passing through only where the server runs as somebody else.
    _make_directory(layout.base, 0o700 if account.is_self else 0o711)
    return layout, account


def remove(data_dir: Path) -> None:
    """Delete the database and every trace of it; the server must be stopped."""
    layout = place(data_dir)
    shutil.rmtree(layout.base, ignore_errors=True)
    shutil.rmtree(layout.socket_dir, ignore_errors=True)
    (data_dir / POINTER).unlink(missing_ok=True)


def _relocate(data_dir: Path) -> Layout:
    """Keep the data where the system account gets to: a home is never opened for it."""
    accounts.make_state(accounts.STATE)
    # A name of its own: a new checkout in an old one's place must not find the old one's data.
    base = accounts.STATE / f"{digest(data_dir)}-{secrets.token_hex(4)}"
    draft = data_dir / f"{POINTER}.{os.getpid()}"
    draft.write_text(f"{base}\n")
    with contextlib.suppress(FileExistsError):  # atomic, and the first of two starts wins
        (data_dir / POINTER).hardlink_to(draft)
    draft.unlink()
    return place(data_dir)


def _make_directory(path: Path, mode: int) -> None:
    if path.exists():
        return
    path.mkdir(mode=mode, exist_ok=True)
    if os.geteuid() == path.stat().st_uid:
        path.chmod(mode)  # whatever the umask says


def make_socket_directory(path: Path, account: Account) -> None:
    """Make it in the sticky /tmp; trust one that exists only if nobody else can have made it."""
    try:
        path.mkdir(mode=0o700)
        account.own(path)
    except FileExistsError:
        pass
    check_socket_directory(path, account)
    if os.geteuid() in (0, path.lstat().st_uid):
        account.own(path)
        path.chmod(0o711)


def remove_socket_directory(path: Path) -> None:
    """Leave nothing in /tmp; what is still there has a reason to be."""
    with contextlib.suppress(OSError):
        path.rmdir()


def check_socket_directory(path: Path, account: Account) -> None:
    """Raise EmbeddedDatabaseError where somebody else could have put a server of theirs."""
    found = path.lstat()
    if path.is_symlink() or found.st_uid not in (account.uid, 0) or found.st_mode & 0o022:
        raise EmbeddedDatabaseError(
            f"{path} exists and could be another account's trap: it must be a directory of "
            f"{account.name} that nobody else may write. Remove it and start again."
        )
