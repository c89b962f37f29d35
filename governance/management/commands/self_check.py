"""`manage.py self_check`: ask the self-checks at a terminal."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from awooop import callers, tenancy
from awooop.management.base import Report, ReportCommand
from governance.actions import asking
from governance.actions import self_check as checking
from governance.models import CheckTrigger


class Command(ReportCommand):
    """Run the self-checks now."""

    help = "Run the self-checks over all active projects, or one, and print what they answered."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument("--project", help="only this project")
        parser.add_argument("--check", help="only this check; keeps no cycle")
        parser.add_argument(
            "--no-alert",
            action="store_true",
            help="only look: open no event, tell nobody, write nothing",
        )

    def report(self, **options: Any) -> Report:
        """Run them; not ok where a check is in error."""
        with tenancy.all_projects() as projects:
            by = callers.system("manage.py self_check", projects)
        asked = checking.run(
            by=by,
            trigger=CheckTrigger.MANUAL,
            project_ids=[options["project"]] if options["project"] else None,
            check=options["check"],
            alert=not options["no_alert"],
        )
        return Report(_lines(asked), asking.told(asked), ok=not asked.errors)


def _lines(asked: checking.Asked) -> list[str]:
    rows = [("project", "check", "result")]
    for project in asked.projects:
        for name, result in asked.results(project).items():
            rows.append((project, name, f"{_summary(result)} ({asked.timings_ms[name]:.0f} ms)"))
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    lines = [f"{row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]}" for row in rows]
    lines = lines if len(rows) > 1 else []
    lines += [f"{project}: checked less than a minute ago, not again." for project in asked.skipped]
    lines.append(
        f"{len(asked.projects)} projects checked, {len(asked.errors)} checks in error, "
        f"{len(asked.opened)} events opened, {len(asked.resolved)} resolved."
    )
    return lines


def _summary(result: dict[str, Any]) -> str:
    plain = {
        name: value.get("status", "…") if isinstance(value, dict) else value
        for name, value in result.items()
    }
    return ", ".join(f"{name} {value}" for name, value in plain.items())
