"""`manage.py resume`: lift a stop at a terminal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser

from awooop import callers, stops, tenancy
from awooop.actions import stops as actions
from awooop.management.base import Report, ReportCommand
from awooop.management.commands.stop import as_data


class Command(ReportCommand):
    """Lift a stop."""

    help = "Lift a stop of the kill switch: what it held back can be authorised again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("stop_id", type=UUID, help="its id, as `manage.py stop --list` shows")
        parser.add_argument("--reason", required=True, help="why; kept, and told to the operators")
        super().add_arguments(parser)

    def report(self, **options: Any) -> Report:
        """Lift it."""
        with tenancy.all_projects() as visible:
            by = callers.system("manage.py resume", visible)
            stop = actions.lift(by=by, stop_id=options["stop_id"], reason=options["reason"])
        return Report([f"Lifted. It was: {stops.told(stop)}"], as_data(stop))
