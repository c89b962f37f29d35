"""`manage.py import_runbooks`: bring runbooks in from JSON Lines or a checkout of Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from awooop import callers, permissions, tenancy
from awooop.management.base import Report, ReportCommand
from knowledge.importing import run
from knowledge.management.progress import Bar

_SHOWN = 50


class Command(ReportCommand):
    """Import runbooks; again changes only what changed at its source."""

    help = "Import runbooks from a .jsonl file or a folder of Markdown; idempotent."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("path", type=Path, help="a JSON Lines file, or a folder of Markdown")
        parser.add_argument("--project", required=True, help="the project that they are for")
        parser.add_argument(
            "--source", default="", help="name of the source (default: the checkout's remote)"
        )
        super().add_arguments(parser)

    def report(self, **options: Any) -> Report:
        """Import, with a progress bar on stderr; what is refused is named, the rest goes in."""
        project_id = options["project"]
        with tenancy.all_projects() as visible:
            by = callers.system("manage.py import_runbooks", visible)
            permissions.check_can_write(by, "knowledge.edit", project_id)
        bar = Bar(self.stderr, "importing") if options["verbosity"] else _keep_quiet
        summary = run.run(
            by=by,
            project_id=project_id,
            path=options["path"],
            source=options["source"],
            tell=bar,
        )
        done, refused = summary.imported, summary.refused
        lines = [
            f"{done.created} created, {done.updated} updated, {done.unchanged} unchanged, "
            f"{len(refused)} refused."
        ]
        lines += [f"  {each.where}: {each.reason}" for each in refused[:_SHOWN]]
        if len(refused) > _SHOWN:
            lines.append(f"  … and {len(refused) - _SHOWN} more (all of them with --json)")
        data = {"project_id": project_id, **summary.as_dict()}
        return Report(lines, data, ok=not refused)


def _keep_quiet(done: int, total: int) -> None:
    """For `--verbosity 0`."""
