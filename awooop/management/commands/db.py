"""`manage.py db`: look after the database, embedded or external."""

from __future__ import annotations

import argparse
import json
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from awooop import clock, config
from awooop.database import EmbeddedDatabaseError, Launcher, binaries, describe, dump
from awooop.database.url import parse

_NOT_OURS = "The database is external (DATABASE_URL): it is not ours to start or stop."


class Command(BaseCommand):
    """Start, stop, look at, back up and restore the database."""

    help = "Look after the database: start, stop, status, url, psql, backup, restore."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the actions."""
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("start", help="start the embedded server and leave it running")
        stop = actions.add_parser("stop", help="stop the embedded server")
        stop.add_argument("--force", action="store_true", help="also while others use it")
        status = actions.add_parser("status", help="tell how it is (exit code 3: not running)")
        status.add_argument("--json", action="store_true", help="for machines")
        address = actions.add_parser("url", help="print its URL")
        address.add_argument("--show-password", action="store_true")
        psql = actions.add_parser("psql", help="open PostgreSQL's shell")
        psql.add_argument("arguments", nargs="*", help="for psql, after --")
        backup = actions.add_parser("backup", help="write all of it to a file")
        backup.add_argument("path", nargs="?", type=Path)
        backup.add_argument("--url", help="connect as this role instead, which sees all rows")
        backup.add_argument(
            "--keep",
            type=_positive,
            metavar="N",
            help="afterwards delete all but the newest N backups of the data directory",
        )
        restore = actions.add_parser("restore", help="read it back from a file")
        restore.add_argument("path", type=Path)
        restore.add_argument("--force", action="store_true", help="replace what is there")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        """Run the action; what goes wrong ends in one readable message."""
        try:
            getattr(self, f"_{action}")(options)
        except (EmbeddedDatabaseError, dump.DumpError, OSError) as error:
            raise CommandError(str(error)) from error

    def _start(self, options: dict[str, Any]) -> None:
        _our_launcher().start()
        self.stdout.write("PostgreSQL is running, and stays until 'manage.py db stop'.")

    def _stop(self, options: dict[str, Any]) -> None:
        connection.close()
        was_running = _our_launcher().stop(force=options["force"])
        self.stdout.write(
            "PostgreSQL is stopped." if was_running else "PostgreSQL was not running."
        )

    def _status(self, options: dict[str, Any]) -> None:
        launcher = _launcher()
        found = describe.embedded(launcher) if launcher else describe.external(_database())
        self.stdout.write(json.dumps(found) if options["json"] else describe.as_text(found))
        if not found["running"]:
            raise CommandError("The database is not running.", returncode=3)

    def _url(self, options: dict[str, Any]) -> None:
        self.stdout.write(describe.url(_database(), show_password=options["show_password"]))

    def _psql(self, options: dict[str, Any]) -> None:
        _join()
        program = binaries.find() / "psql"
        # A child and not an exec: whoever leaves last stops the server. Ctrl-C is for psql alone.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        command = [str(program), *options["arguments"]]
        code = subprocess.call(command, env=dump.environment(_database()))  # noqa: S603 - ours
        if code:
            raise CommandError(f"psql ended with {code}.", returncode=code)

    def _backup(self, options: dict[str, Any]) -> None:
        _join()
        if options["path"] and options["keep"]:
            raise CommandError("--keep is for the data directory's backups: give no path with it.")
        path = options["path"] or _default_path()
        size = dump.backup(_source(options["url"]), path.absolute())
        self.stdout.write(f"{path} ({size:,} bytes)")
        for old in _older(path.parent, options["keep"]) if options["keep"] else ():
            old.unlink()
            self.stdout.write(f"{old} deleted")

    def _restore(self, options: dict[str, Any]) -> None:
        _join()
        connection.close()
        dump.restore(_database(), options["path"].absolute(), force=options["force"])
        self.stdout.write(
            f"Restored from {options['path']}. 'manage.py migrate' brings an older one up to date."
        )


def _database() -> dict[str, Any]:
    return connection.settings_dict


def _launcher() -> Launcher | None:
    data_dir = _database().get("EMBEDDED_DATA_DIR")
    return Launcher(Path(data_dir)) if data_dir else None


def _our_launcher() -> Launcher:
    launcher = _launcher()
    if launcher is None:
        raise CommandError(_NOT_OURS)
    return launcher


def _join() -> None:
    launcher = _launcher()
    if launcher:
        launcher.join()


def _source(given: str | None) -> dict[str, Any]:
    if given:
        try:
            return parse(given)
        except ValueError as error:
            raise CommandError(f"--url {error}") from error
    return dump.as_backup_role(_database()) if _launcher() else _database()


def _default_path() -> Path:
    folder = config.current().data_dir / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"awooop-{clock.now():%Y%m%dT%H%M%SZ}.dump"


def _older(folder: Path, keep: int) -> list[Path]:
    """Answer the backups but the newest `keep`; their names sort by time."""
    named = re.compile(r"awooop-\d{8}T\d{6}Z\.dump")
    return sorted(path for path in folder.iterdir() if named.fullmatch(path.name))[:-keep]


def _positive(text: str) -> int:
    if not (text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"must be a number from 1, not {text!r}")
    return int(text)
