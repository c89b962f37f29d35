"""`manage.py verify_audit`: walk the audit chains and name the first broken link of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from awooop import audit, tenancy
from awooop.errors import Invalid, NotFound
from awooop.management.base import Report, ReportCommand

Anchors = dict[str, dict[str, Any]]


class Command(ReportCommand):
    """Verify the audit chains."""

    help = (
        "Walk each project's audit chain and name the first broken link; exit code 1 if there is "
        "one. Keep the --json report elsewhere: given back with --anchors it also shows an end "
        "that was cut off together with the head."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--project", help="only this one")
        parser.add_argument("--anchors", type=Path, help="an earlier --json report to compare with")
        super().add_arguments(parser)

    def report(self, **options: Any) -> Report:
        """Walk them."""
        anchors = _read(options["anchors"]) if options["anchors"] else {}
        with tenancy.all_projects() as visible:
            wanted = [options["project"]] if options["project"] else visible
        if not set(wanted) <= set(visible):
            raise NotFound(f"There is no project {options['project']}.")
        # Projects of the anchors that are gone altogether are broken chains, too.
        lost = () if options["project"] else sorted(set(anchors) - set(visible))
        chains = [self._chain(name, anchors.get(name)) for name in [*wanted, *lost]]
        broken = [chain for chain in chains if chain["broken_at"] is not None]
        return Report([_line(chain) for chain in chains], {"chains": chains}, ok=not broken)

    def _chain(self, project_id: str, anchor: dict[str, Any] | None) -> dict[str, Any]:
        def tell(seq: int) -> None:
            self.progress(f"{project_id}: {seq:,} records …")

        with tenancy.scope([project_id]):
            found = audit.verify(project_id, tell=tell)
            head = audit.head_of(project_id)
            broken_at, reason = found.broken_at, found.reason
            if broken_at is None and anchor and not audit.holds(project_id, anchor):
                broken_at, reason = anchor["seq"], "the anchored record is gone or another"
        return {
            "project_id": project_id,
            "records": found.records,
            "broken_at": broken_at,
            "reason": reason,
            "seq": head.seq if head else 0,
            "hash": head.hash if head else audit.GENESIS,
        }


def _line(chain: dict[str, Any]) -> str:
    if chain["broken_at"] is None:
        return f"{chain['project_id']}: {chain['records']:,} records, whole"
    return f"{chain['project_id']}: BROKEN at record {chain['broken_at']}: {chain['reason']}"


def _read(path: Path) -> Anchors:
    try:
        chains = json.loads(path.read_text())["chains"]
        return {
            str(chain["project_id"]): {"seq": int(chain["seq"]), "hash": str(chain["hash"])}
            for chain in chains
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Invalid({"anchors": f"is no report of this command ({error})"}) from None
