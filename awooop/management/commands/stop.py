"""`manage.py stop`: throw the kill switch at a terminal."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from awooop import callers, stops, tenancy
from awooop.actions import stops as actions
from awooop.management.base import Report, ReportCommand
from awooop.models import Stop


class Command(ReportCommand):
    """Stop agents: all, a project, an agent or a tool."""

    help = (
        "Throw the kill switch: once this ends, the gateway admits nothing of what is stopped and "
        "no token opens. It does not stop this program (for that, end `up`). "
        "See what is stopped: --list. Let it go on: manage.py resume."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--list", action="store_true", help="only show what is stopped now")
        what.add_argument("--all", action="store_true", help="in every project")
        what.add_argument("--project", help="in this project")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--agent", default="", help="this agent only")
        which.add_argument("--tool", default="", help="this tool only")
        parser.add_argument("--reason", default="", help="why; kept, and told to the operators")
        super().add_arguments(parser)

    def report(self, **options: Any) -> Report:
        """Place the stop, or list those that are open."""
        if not (options["list"] or options["all"] or options["project"]):
            raise CommandError("Say where: --all or --project P; or --list.")
        with tenancy.all_projects() as visible:
            if options["list"]:
                return _listed(stops.open_in(visible))
            target = actions.Target(options["project"], options["agent"], options["tool"])
            by = callers.system("manage.py stop", visible)
            stop = actions.place(by=by, target=target, reason=options["reason"])
        return Report([f"{stops.told(stop)}", f"Lift it: manage.py resume {stop.pk} --reason …"],
                      as_data(stop))  # fmt: skip


def as_data(stop: Stop) -> dict[str, Any]:
    """Answer a stop as `--json` tells it."""
    return {field.attname: getattr(stop, field.attname) for field in Stop._meta.concrete_fields}


def _listed(found: list[Stop]) -> Report:
    lines = [f"{stop.pk}  {stop.stopped_at:%Y-%m-%d %H:%M}Z  {stops.told(stop)}" for stop in found]
    return Report(lines or ["Nothing is stopped."], {"stops": [as_data(stop) for stop in found]})
