"""`manage.py audit_export`: a period of the audit trail with its proof, as a zip."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from awooop import callers, tenancy
from awooop.actions import audit_exports
from awooop.audit_proof.publishing import write_new
from awooop.clock import now
from awooop.errors import Invalid
from awooop.management.base import Report, ReportCommand


class Command(ReportCommand):
    """Export a period of a project's audit trail."""

    help = (
        "Write a project's audit records of a period to a zip that anybody can verify offline. "
        "Leaves an audit record."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--project", required=True)
        parser.add_argument("--since", help="a day or time, UTC unless it says so; else all")
        parser.add_argument("--until", help="before this day or time; else until now")
        parser.add_argument("--out", type=Path, help="the file to write; never an existing one")
        super().add_arguments(parser)

    def report(self, **options: Any) -> Report:
        """Export it."""
        since = _moment("since", options["since"] or "2000-01-01")
        until = _moment("until", options["until"]) if options["until"] else now()
        with tenancy.scope([options["project"]]) as projects:
            exported = audit_exports.export(
                by=callers.system("command", projects),
                project_id=options["project"],
                since=since,
                until=until,
                at_most=None,
            )
        path = options["out"] or Path(exported.name)
        write_new(path, exported.file)
        line = f"{path}: {exported.chain['records']:,} records. Verify: python3 verify.py {path}"
        return Report([line], {"path": str(path), "chain": exported.chain})


def _moment(name: str, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(
            {name: "must be a day or a time, as 2026-11-21 or 2026-11-21T08:00Z"}
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
