"""Export a period of the audit trail with its proof."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from awooop import permissions
from awooop.actions import audit
from awooop.audit_proof import sections
from awooop.audit_proof.archive import Archive
from awooop.callers import Caller
from awooop.errors import Conflict, Invalid
from awooop.models import AuditRecord

OPERATION = "audit.export"
# A page or an operation reads so many at most; the command has no bound.
AT_MOST = 100_000


@dataclass(frozen=True)
class Exported:
    """An archive: its file, at the start, the name to save it under, and its manifest's chain."""

    name: str
    file: IO[bytes]
    chain: dict[str, Any]


@transaction.atomic
def export(
    *, by: Caller, project_id: str, since: datetime, until: datetime, at_most: int | None = AT_MOST
) -> Exported:
    """Answer the records from `since` to before `until` as an archive that anybody can verify.

    All records between the first and the last of that time are in it. Leaves an audit record.
    Raises NotFound, NotAllowed, Invalid for a period without records or with more than `at_most`,
    Conflict `chain_broken`.
    """
    permissions.check_can(by, OPERATION, project_id)
    first, last = _bounds(project_id, since, until, at_most)
    archive = Archive()
    chain = sections.add(archive, project_id, first, last)
    manifest = {
        "kind": "audit_export",
        "project_id": project_id,
        "subject": f"{since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC",
        "since": since,
        "until": until,
        "chain": chain,
    }
    file = archive.finish(by=by, manifest=manifest)
    # At last: it locks the chain's head, which others write to.
    record(by, project_id, audit.Entry(OPERATION, "project", project_id, _told(manifest)))
    name = f"audit-{project_id}-{since:%Y%m%dT%H%M}-{until:%Y%m%dT%H%M}.zip"
    return Exported(name, file, chain)


def record(by: Caller, project_id: str, entry: audit.Entry) -> None:
    """Leave on record who took what out."""
    audit.append(project_id=project_id, by=by, entry=entry)


@transaction.atomic
def bundle(
    *, by: Caller, archive: Archive, project_id: str, manifest: dict[str, Any], seqs: Iterable[int]
) -> Exported:
    """Finish an archive about one thing with the audit records of these numbers and their proof.

    `manifest` says its `kind` and `subject`. Leaves an audit record. Raises NotFound, NotAllowed,
    Invalid for too long a span of the chain, Conflict `chain_broken`.
    """
    permissions.check_can(by, OPERATION, project_id)
    only = frozenset(seqs)
    first, last = (min(only), max(only)) if only else _newest(project_id)
    if last - first >= 5 * AT_MOST:
        raise Conflict(_("The chain is too long between its first and its last record."))
    chain = sections.add(archive, project_id, first, last, only=only)
    whole = {**manifest, "project_id": project_id, "chain": chain}
    file = archive.finish(by=by, manifest=whole)
    kind, subject = manifest["kind"], manifest["subject"]
    record(by, project_id, audit.Entry(f"{kind}.export", manifest["type"], subject, _told(whole)))
    return Exported(f"{kind}-{subject}.zip", file, chain)


def _told(manifest: dict[str, Any]) -> dict[str, Any]:
    chain = manifest["chain"]
    told = {name: chain[name] for name in ("first_seq", "last_seq", "records", "digest_after")}
    return {**told, **{name: manifest[name] for name in ("since", "until") if name in manifest}}


def _newest(project_id: str) -> tuple[int, int]:
    seq = AuditRecord.objects.filter(project_id=project_id).aggregate(last=Max("seq"))["last"]
    return seq, seq


def _bounds(
    project_id: str, since: datetime, until: datetime, at_most: int | None
) -> tuple[int, int]:
    if since >= until:
        raise Invalid({"until": _("must be later than the start")})
    rows = AuditRecord.objects.filter(
        project_id=project_id, created_at__gte=since, created_at__lt=until
    )
    found = rows.aggregate(first=Min("seq"), last=Max("seq"))
    if found["first"] is None:
        raise Invalid({"since": _("there are no records in this period")})
    if at_most is not None and found["last"] - found["first"] >= at_most:
        raise Invalid(
            {
                "until": _(
                    "more than %(most)s records: choose a shorter period, or use the command"
                )
                % {"most": at_most}
            }
        )
    return found["first"], found["last"]
