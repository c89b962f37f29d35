"""`manage.py prune`: delete what is older than its retention, or count it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from awooop import callers, tenancy
from awooop.management.base import Report, ReportCommand
from awooop.retention import pruning


class Command(ReportCommand):
    """Follow the retention rules now."""

    help = "Delete what is older than its retention (docs/retention.md), in short transactions."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument("--project", help="only this project; none of the platform's own rows")
        parser.add_argument(
            "--dry-run", action="store_true", help="only count what would go; writes nothing"
        )
        parser.add_argument(
            "--seconds", type=float, help="begin no batch after so long (default: no end)"
        )

    def report(self, **options: Any) -> Report:
        """Prune, or count."""
        project, seconds = options["project"], options["seconds"]
        if options["dry_run"]:
            return _counted(pruning.count(project_id=project))
        if seconds is not None and seconds <= 0:
            raise CommandError("--seconds must be more than 0")
        with tenancy.all_projects() as projects:
            by = callers.system("manage.py prune", projects)
        pruned = pruning.prune(by=by, project_id=project, budget_s=seconds, progress=self.progress)
        return _pruned(pruned)


def _counted(found: list[pruning.Waiting]) -> Report:
    waiting = [one for one in found if one.count]
    lines = [f"{one.project_id or 'platform'}: {one.rule} {one.count:,}" for one in waiting] or [
        "Nothing is older than its retention."
    ]
    rows = [
        {"project_id": one.project_id, "rule": one.rule, "table": one.table, "count": one.count}
        for one in waiting
    ]
    data = {"dry_run": True, "waiting": rows, "total": sum(one.count for one in waiting)}
    return Report(lines, data)


def _pruned(pruned: pruning.Pruned) -> Report:
    walks = [walk for walk in pruned.walks if walk.deleted]
    lines = []
    for walk in walks:
        parts = [f"{count:,} {table}" for table, count in sorted(walk.deleted.items())]
        lines.append(f"{walk.project_id or 'platform'}: {walk.rule.name}: {', '.join(parts)}")
    total = sum(pruned.deleted.values())
    lines.append(f"{total:,} rows deleted.")
    if not pruned.is_finished:
        lines.append("The time is over; there is more to delete.")
    lines += [
        f"{walk.project_id or 'platform'}: {walk.rule.name} FAILED: {walk.error}"
        for walk in pruned.failed
    ]
    rows = [
        {"project_id": walk.project_id, "rule": walk.rule.name, "deleted": dict(walk.deleted)}
        for walk in walks
    ]
    failed = [
        {"project_id": walk.project_id, "rule": walk.rule.name, "error": walk.error}
        for walk in pruned.failed
    ]
    data = {"dry_run": False, "deleted": rows, "total": total, "finished": pruned.is_finished}
    return Report(lines, {**data, "failed": failed}, ok=not failed)
