"""`manage.py up`: everything in one command, and nothing left behind when it ends."""

from __future__ import annotations

import contextlib
import http.client
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, SystemCheckError
from django.db import DatabaseError, connection

from awooop import config
from awooop.database import EmbeddedDatabaseError, Launcher
from awooop.supervisor import prepare, programs
from awooop.supervisor.supervisor import Supervisor

_SLOW_S = 60


class Command(BaseCommand):
    """Start the database, prepare it, then run the web server and the cluster."""

    help = "Run everything: database, migrations, static files, web server, cluster."
    requires_system_checks = ()  # they need the database: run once it is there

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--web-only", action="store_true", help="no cluster: it runs elsewhere (cluster)"
        )

    def handle(self, *args: Any, web_only: bool, **options: Any) -> None:
        """Prepare, then supervise until a signal."""
        self.config = config.current()
        self.begun = time.monotonic()
        self.announced = self.excused = False
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            prepare.check_port(self.config.host, self.config.port)
            self._supervise(web_only=web_only)
        except (prepare.NotPossible, EmbeddedDatabaseError, DatabaseError) as error:
            raise CommandError(str(error).strip()) from error
        except SystemCheckError as error:
            raise CommandError(str(error).strip()) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped.", returncode=130) from None

    def _supervise(self, *, web_only: bool) -> None:
        children = [programs.web(self.config)] + ([] if web_only else [programs.cluster()])
        data_dir = self.config.data_dir if self.config.is_embedded else None
        supervisor = Supervisor(children, guard_data_dir=data_dir, on_tick=self._announce)
        try:
            self._prepare()
            supervisor.run()
            self._tell("Stopped.")
        finally:
            supervisor.stop()
            self._leave_database()

    def _prepare(self) -> None:
        self._tell("Starting AwoooP")
        self.config.data_dir.mkdir(parents=True, exist_ok=True)
        with self._step("Database") as tell:
            connection.ensure_connection()
            tell("our own" if self.config.is_embedded else "external")
        with prepare.alone():
            with self._step("Migrations") as tell:
                prepare.migrate(tell)
            with self._step("Checks"):
                self.check(databases=["default"])
            with self._step("Static files") as tell:
                prepare.collect_static(tell)
            if self.config.demo:
                with self._step("Demo") as tell:
                    prepare.demo(tell)
            self.password = prepare.first_account(self.config.data_dir)
        connection.close()

    def _announce(self) -> None:
        """Say where it is, once it answers; meanwhile, once, that it takes long."""
        if self.announced:
            return
        if _answers(self.config.host, self.config.port):
            self._welcome()
            self.announced = True
        elif not self.excused and time.monotonic() - self.begun > _SLOW_S:
            self._tell("The web server does not answer yet; its messages above may say why.")
            self.excused = True

    def _welcome(self) -> None:
        took = time.monotonic() - self.begun
        kept = self.config.data_dir / prepare.ACCOUNT_FILE
        lines = [f"Ready after {took:.1f} s.", "", f"  Open      {self.config.public_url}"]
        if self.password:
            lines += [f"  Account   {prepare.ADMIN_EMAIL}", f"  Password  {self.password}"]
            lines += [f"            (kept in {kept})"]
        elif kept.exists():
            lines += [f"  Account   {prepare.ADMIN_EMAIL} (its first password: {kept})"]
        self._tell("\n".join([*lines, "", "Ctrl-C stops everything."]))

    def _leave_database(self) -> None:
        connection.close()
        if not self.config.is_embedded:
            return
        launcher = Launcher(Path(connection.settings_dict["EMBEDDED_DATA_DIR"]))
        launcher.leave()
        status = launcher.status()
        if status.running:
            why = "it was started to stay" if status.kept else "others use it"
            self._tell(f"PostgreSQL keeps running: {why} (manage.py db status).")

    @contextlib.contextmanager
    def _step(self, name: str) -> Iterator[Callable[[str], None]]:
        begun = time.monotonic()

        def tell(text: str) -> None:
            self._tell(f"  {name:<14} {text} …")

        yield tell
        self._tell(f"  {name:<14} ready ({time.monotonic() - begun:.1f} s)")

    def _tell(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _answers(host: str, port: int) -> bool:
    address = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    client = http.client.HTTPConnection(address, port, timeout=2)
    try:
        client.request("GET", "/healthz", headers={"Host": "localhost"})
        return client.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()
