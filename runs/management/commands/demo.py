"""`manage.py demo`: a project with a month of invented history."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from awooop.management.base import Report, ReportCommand
from runs.demo import making

PROJECT = "awoooi"
_NO_RESET = (
    "The demo's history cannot be taken back: its audit records are append-only. To start afresh, "
    "give the application a new data directory (AWOOOP_DATA_DIR) or a new database (DATABASE_URL), "
    "or make another demo project with --project."
)


class Command(ReportCommand):
    """Fill a demo project; does nothing where that was done."""

    help = "Make a demo project with a month of plausible, invented history that ends now."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--project", default=PROJECT, help=f"its id (default: {PROJECT})")
        parser.add_argument("--reset", action="store_true", help="says how to start afresh")
        super().add_arguments(parser)

    def report(self, **options: Any) -> Report:
        """Make it, with its progress on stderr; raises Refused for a project that is a real one."""
        if options["reset"]:
            raise CommandError(_NO_RESET)
        tell = self.progress if options["verbosity"] else _keep_quiet
        made = making.make(project_id=options["project"], tell=tell)
        line = f"The history of {options['project']} is there already: nothing to do."
        if made is not None:
            line = f"Made {sum(made.values())} rows of history for {options['project']}."
        data = {"project_id": options["project"], "made": made is not None, "rows": made or {}}
        return Report([line], data)


def _keep_quiet(_: str) -> None:
    """For `--verbosity 0`."""
