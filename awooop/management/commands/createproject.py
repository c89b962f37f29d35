"""`manage.py createproject`: make a project."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from awooop import callers, tenancy
from awooop.actions import projects
from awooop.management.base import Report, ReportCommand
from awooop.models.project import MessageLanguage, MigrationMode


class Command(ReportCommand):
    """Make a project."""

    help = "Make a project (tenant)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("id", help="lower-case letters, digits and hyphens, such as awoooi")
        parser.add_argument("--name", required=True, help="its name for people")
        parser.add_argument("--mode", default=MigrationMode.ACTIVE, choices=MigrationMode.values)
        parser.add_argument("--timezone", default="Asia/Taipei", help="such as Asia/Taipei")
        languages = [one for one in MessageLanguage.values if one]
        parser.add_argument(
            "--language", default="", choices=languages, help="of its messages to its chat"
        )
        super().add_arguments(parser)

    def report(self, **options: Any) -> Report:
        """Make it."""
        with tenancy.all_projects() as visible:
            project = projects.create(
                by=callers.system("manage.py createproject", visible),
                project_id=options["id"],
                display_name=options["name"],
                migration_mode=options["mode"],
                timezone=options["timezone"],
                message_language=options["language"],
            )
        line = f"Project {project.project_id} ({project.display_name}) is there."
        return Report([line], {"project_id": project.project_id, "name": project.display_name})
