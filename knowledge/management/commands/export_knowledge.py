"""`manage.py export_knowledge`: write a project's knowledge where the import can read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from awooop import callers, permissions, tenancy
from awooop.management.base import Report, ReportCommand
from knowledge.importing import export
from knowledge.management.progress import Bar


class Command(ReportCommand):
    """Export entries as JSON Lines, or as Markdown files with their facts at the head."""

    help = "Export a project's knowledge to a .jsonl file or a folder of Markdown."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("path", type=Path, help="a file ending in .jsonl, or a folder")
        parser.add_argument("--project", required=True, help="whose knowledge")
        parser.add_argument("--archived", action="store_true", help="also what is archived")
        super().add_arguments(parser)

    def report(self, **options: Any) -> Report:
        """Export, with a progress bar on stderr."""
        project_id, path = options["project"], options["path"]
        with tenancy.all_projects() as visible:
            by = callers.system("manage.py export_knowledge", visible)
            permissions.check_can(by, "read", project_id)
        bar = Bar(self.stderr, "exporting") if options["verbosity"] else _keep_quiet
        count = export.write(project_id, path, archived=options["archived"], tell=bar)
        data = {"project_id": project_id, "path": str(path), "exported": count}
        return Report([f"{count} entries of {project_id} are in {path}."], data)


def _keep_quiet(done: int, total: int) -> None:
    """For `--verbosity 0`."""
