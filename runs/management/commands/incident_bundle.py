"""`manage.py incident_bundle`: all that is on record about one incident, with its proof."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from awooop import callers, tenancy
from awooop.audit_proof.publishing import write_new
from awooop.management.base import Report, ReportCommand
from runs.actions import incident_bundles


class Command(ReportCommand):
    """Bundle an incident."""

    help = (
        "Write an incident's chain (runs, steps, calls, decisions, messages, evidence) and the "
        "audit records about it to a zip that anybody can verify offline. Leaves an audit record."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("incident_id")
        parser.add_argument("--project", required=True)
        parser.add_argument("--out", type=Path, help="the file to write; never an existing one")
        super().add_arguments(parser)

    def report(self, **options: Any) -> Report:
        """Bundle it."""
        with tenancy.scope([options["project"]]) as projects:
            made = incident_bundles.bundle(
                by=callers.system("command", projects),
                project_id=options["project"],
                incident_id=options["incident_id"],
            )
        path = options["out"] or Path(made.name)
        write_new(path, made.file)
        line = f"{path}: {made.chain['records']:,} records. Verify: python3 verify.py {path}"
        return Report([line], {"path": str(path), "chain": made.chain})
