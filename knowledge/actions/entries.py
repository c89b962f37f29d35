"""Write, change and archive entries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from awooop import permissions
from awooop.actions import audit
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Invalid, NotFound
from knowledge import policies
from knowledge.actions import fields, writing
from knowledge.models import EntryStatus, KnowledgeEntry

REASON_AT_MOST = 500


@transaction.atomic
def create(*, by: Caller, project_id: str, reason: str = "", **values: Any) -> KnowledgeEntry:
    """Write an entry; raises NotAllowed, NotFound, Conflict (project off), Invalid."""
    permissions.check_can_write(by, "knowledge.edit", project_id)
    _check_reason(reason)
    at = now()
    entry = KnowledgeEntry(project_id=project_id, created_at=at, updated_at=at)
    fields.put(entry, values)
    writing.insert([entry], editor=by.label, reason=reason)
    _record(by, entry, "knowledge.entry.create", {"title": entry.title, "status": entry.status})
    return entry


@transaction.atomic
def update(
    *, by: Caller, project_id: str, entry_id: UUID, version: int, reason: str = "", **values: Any
) -> KnowledgeEntry:
    """Change an entry that is still at `version`; the same values again change nothing.

    Raises NotAllowed, NotFound, Conflict `version_conflict` (or project off), Invalid.
    """
    permissions.check_can_write(by, "knowledge.edit", project_id)
    _check_reason(reason)
    entry = _locked(project_id, entry_id)
    policies.check_version(entry, version)
    status_was = entry.status
    changed = fields.put(entry, values)
    if not changed:
        return entry
    writing.save(entry, changed, editor=by.label, reason=reason, status_was=status_was)
    details: dict[str, Any] = {"changed": sorted(changed), "version": entry.version}
    if "status" in changed:
        details["status"] = {"from": status_was, "to": entry.status}
    if reason:
        details["reason"] = reason
    _record(by, entry, _action(entry, status_was), details)
    return entry


def archive(
    *, by: Caller, project_id: str, entry_id: UUID, version: int, reason: str = ""
) -> KnowledgeEntry:
    """Take an entry out of use; it stays readable. Raises as `update` does."""
    given = {"project_id": project_id, "entry_id": entry_id, "version": version, "reason": reason}
    return update(by=by, status=EntryStatus.ARCHIVED, **given)


def restore(
    *, by: Caller, project_id: str, entry_id: UUID, version: int, reason: str = ""
) -> KnowledgeEntry:
    """Bring an archived entry back as a draft. Raises as `update` does."""
    given = {"project_id": project_id, "entry_id": entry_id, "version": version, "reason": reason}
    return update(by=by, status=EntryStatus.DRAFT, **given)


def note_view(*, by: Caller, project_id: str, entry_id: UUID) -> None:
    """Count that a person looked at an entry; refreshes nothing. Raises NotFound."""
    permissions.check_can(by, "read", project_id)
    found = KnowledgeEntry.objects.filter(project_id=project_id, pk=entry_id)
    if not found.update(view_count=F("view_count") + 1):
        raise NotFound(_("No such entry, or none that you may see."))


def _locked(project_id: str, entry_id: UUID) -> KnowledgeEntry:
    found = KnowledgeEntry.objects.select_for_update().filter(project_id=project_id, pk=entry_id)
    entry = found.first()
    if entry is None:
        raise NotFound(_("No such entry, or none that you may see."))
    return entry


def _check_reason(reason: str) -> None:
    if len(reason) > REASON_AT_MOST:
        raise Invalid(
            {"reason": _("may have at most %(most)s characters") % {"most": REASON_AT_MOST}}
        )


def _action(entry: KnowledgeEntry, status_was: str) -> str:
    if entry.status != status_was and EntryStatus.ARCHIVED in (entry.status, status_was):
        archived = entry.status == EntryStatus.ARCHIVED
        return "knowledge.entry.archive" if archived else "knowledge.entry.restore"
    return "knowledge.entry.update"


def _record(by: Caller, entry: KnowledgeEntry, action: str, details: dict[str, Any]) -> None:
    record = audit.Entry(action, "knowledge_entry", str(entry.pk), details)
    audit.append(project_id=entry.project_id, by=by, entry=record)
