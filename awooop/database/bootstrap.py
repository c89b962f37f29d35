"""Make the database: initdb, then roles, extensions and the database itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

from awooop.database import configuration
from awooop.database.accounts import Account
from awooop.database.errors import EmbeddedDatabaseError
from awooop.database.layout import BACKUP_ROLE, NAME, PORT, ROLE, Layout
from awooop.database.server import environment, reload

# Raise it when something is added below: a start then completes what an older version made.
SETUP_VERSION = 1
EXTENSIONS = ("pg_trgm", "btree_gin", "unaccent")
_ROLES = {
    ROLE: "login nosuperuser createdb nocreaterole nobypassrls",
    # pg_dump must see every row or fail; nothing but the backup connects as this role.
    BACKUP_ROLE: "login nosuperuser nocreatedb nocreaterole bypassrls",
}


def init(layout: Layout, account: Account, programs: Path, *, durable: bool) -> None:
    """Make an empty cluster; interrupted at any moment, the next call starts afresh."""
    draft = Path(tempfile.mkdtemp(dir=layout.base, prefix="data.draft-"))
    try:
        account.own(draft)
        _initdb(draft, account, programs, durable=durable)
        draft.rename(layout.cluster)
        _sync_directory(layout.base)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def clear_drafts(layout: Layout) -> None:
    """Delete what killed first starts left behind; the caller holds the start lock."""
    for draft in layout.base.glob("data.draft-*"):
        shutil.rmtree(draft, ignore_errors=True)


def is_set_up(layout: Layout) -> bool:
    """Answer whether this version's set-up is complete."""
    return _version(layout) >= SETUP_VERSION


def set_up(layout: Layout, account: Account) -> None:
    """Make roles, extensions and the database as the superuser, then close the superuser's door."""
    configuration.write_ident(layout, account, setting_up=True)
    reload(layout)
    _wait_door(layout, is_open=True)
    try:
        _make(layout)
    except psycopg.Error as error:
        raise EmbeddedDatabaseError(f"The database cannot be set up: {error}") from error
    configuration.write_ident(layout, account, setting_up=False)
    reload(layout)
    _wait_door(layout, is_open=False)
    draft = layout.setup_mark.with_suffix(".draft")
    draft.write_text(f"{SETUP_VERSION}\n")
    draft.replace(layout.setup_mark)


def _wait_door(layout: Layout, *, is_open: bool) -> None:
    deadline = time.monotonic() + 30
    while _superuser_may_enter(layout) is not is_open:
        if time.monotonic() > deadline:
            state = "shut" if is_open else "open"
            raise EmbeddedDatabaseError(f"PostgreSQL's superuser login stays {state}.")
        time.sleep(0.02)


def _superuser_may_enter(layout: Layout) -> bool:
    try:
        _superuser(layout, "template1").close()
    except psycopg.OperationalError:
        return False
    return True


def _sync_directory(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _version(layout: Layout) -> int:
    try:
        return int(layout.setup_mark.read_text())
    except (FileNotFoundError, ValueError):
        return 0


def _initdb(target: Path, account: Account, programs: Path, *, durable: bool) -> None:
    access = ["--username=postgres", "--auth-local=peer", "--auth-host=scram-sha-256"]
    storage = ["--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"]
    storage += [] if durable else ["--no-sync"]
    done = subprocess.run(  # noqa: S603 - fixed arguments
        [programs / "initdb", "--pgdata", target, *access, *storage],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        cwd="/",
        env=environment(),
        check=False,
        **account.popen_options(),
    )
    if done.returncode != 0:
        raise EmbeddedDatabaseError(
            f"initdb failed: {(done.stderr or done.stdout).strip()[-2000:]}"
        )


def _make(layout: Layout) -> None:
    with _superuser(layout, "template1") as connection:
        for role, rights in _ROLES.items():
            _make_role(connection, role, rights)
        connection.execute(f"grant pg_read_all_data to {BACKUP_ROLE}")
        _make_extensions(connection)  # in the template, so that test databases have them
        if not _exists(connection, "select 1 from pg_database where datname = %s", NAME):
            connection.execute(
                sql.SQL("create database {} owner {}").format(
                    sql.Identifier(NAME), sql.Identifier(ROLE)
                )
            )
    with _superuser(layout, NAME) as connection:
        _make_extensions(connection)


def _make_role(connection: psycopg.Connection, role: str, rights: str) -> None:
    known = _exists(connection, "select 1 from pg_roles where rolname = %s", role)
    connection.execute(f"{'alter' if known else 'create'} role {role} {rights}")


def _make_extensions(connection: psycopg.Connection) -> None:
    for extension in EXTENSIONS:
        connection.execute(f"create extension if not exists {extension}")


def _exists(connection: psycopg.Connection, query: str, value: str) -> bool:
    return connection.execute(query, [value]).fetchone() is not None


def _superuser(layout: Layout, database: str) -> psycopg.Connection:
    return psycopg.connect(
        host=str(layout.socket_dir), port=PORT, user="postgres", dbname=database, autocommit=True
    )
