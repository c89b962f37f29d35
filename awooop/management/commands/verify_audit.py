"""`manage.py verify_audit`: walk the audit chains and name the first broken link of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from awooop import audit, tenancy
from awooop.audit_proof import documents, selectors
from awooop.errors import NotFound
from awooop.management.base import Report, ReportCommand


class Command(ReportCommand):
    """Verify the audit chains."""

    help = (
        "Walk each project's audit chain and name the first broken link; exit code 1 if there is "
        "one. --anchors takes the file that AUDIT_ANCHOR_FILE names, kept where nobody here can "
        "change it (or an earlier --json report): it also shows an end that was cut off together "
        "with the head, and a chain that was written anew with the key."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--project", help="only this one")
        parser.add_argument(
            "--anchors", type=Path, help="anchors kept outside, or an earlier --json report"
        )
        super().add_arguments(parser)

    def report(self, **options: Any) -> Report:
        """Walk them."""
        outside = documents.read(options["anchors"]) if options["anchors"] else {}
        with tenancy.all_projects() as visible:
            wanted = [options["project"]] if options["project"] else visible
        if not set(wanted) <= set(visible):
            raise NotFound(f"There is no project {options['project']}.")
        # Projects of the anchors that are gone altogether are broken chains, too.
        lost = () if options["project"] else sorted(set(outside) - set(visible))
        chains = [self._chain(name, outside.get(name, [])) for name in [*wanted, *lost]]
        broken = [chain for chain in chains if chain["broken_at"] is not None]
        return Report([_line(chain) for chain in chains], {"chains": chains}, ok=not broken)

    def _chain(self, project_id: str, outside: list[documents.Document]) -> dict[str, Any]:
        def tell(seq: int) -> None:
            self.progress(f"{project_id}: {seq:,} records …")

        with tenancy.scope([project_id]):
            marks = [*selectors.marks(project_id), *documents.marks(outside)]
            found = audit.verify(project_id, tell=tell, marks=marks)
            head = audit.head_of(project_id)
        return {
            "project_id": project_id,
            "records": found.records,
            "broken_at": found.broken_at,
            "reason": found.reason,
            "seq": head.seq if head else 0,
            "hash": head.hash if head else audit.GENESIS,
            "anchors": len(marks),
        }


def _line(chain: dict[str, Any]) -> str:
    if chain["broken_at"] is None:
        return f"{chain['project_id']}: {chain['records']:,} records, whole"
    return f"{chain['project_id']}: BROKEN at record {chain['broken_at']}: {chain['reason']}"
