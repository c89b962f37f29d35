"""What may be written into an entry's fields; one place for page, API, admin and import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from awooop.actions.projects import check_fields
from awooop.errors import Invalid
from knowledge.models import EntryStatus, EntryType, KnowledgeEntry
from knowledge.models.entries import CONTENT_AT_MOST, TAGS_AT_MOST
from runs.incident_ids import is_incident_id
from runs.models import Approval, Playbook

EDITED = (
    "title", "content", "entry_type", "category", "tags", "status", "alertname", "owner",
    "related_incident_id", "related_playbook_id", "related_approval_id",
)  # fmt: skip
_ONE_LINE = ("title", "category", "alertname", "owner")


def put(entry: KnowledgeEntry, values: Mapping[str, Any]) -> set[str]:
    """Put cleaned values into an entry; answers the names of the fields that changed.

    Raises Invalid naming each field that cannot be so.
    """
    unknown = set(values) - set(EDITED)
    if unknown:
        raise Invalid(dict.fromkeys(sorted(unknown), "cannot be written"))
    before = {name: getattr(entry, name) for name in values}
    for name, value in values.items():
        setattr(entry, name, _clean(name, value))
    changed = {name for name, value in before.items() if getattr(entry, name) != value}
    if entry._state.adding or changed:
        _check(entry, changed)
    return changed


def _clean(name: str, value: Any) -> Any:
    if name in _ONE_LINE:
        return " ".join(str(value or "").split())
    if name == "content":
        return str(value or "").replace("\r\n", "\n").replace("\r", "\n")
    if name == "tags":
        return clean_tags(value or [])
    return value or None if name.startswith("related_") else value


def clean_tags(tags: list[str]) -> list[str]:
    """Answer tags in one line each, without empty ones and repeats."""
    return list(dict.fromkeys(" ".join(str(tag).split()) for tag in tags if str(tag).strip()))


def _check(entry: KnowledgeEntry, changed: set[str]) -> None:
    errors: dict[str, str] = {}
    if len(entry.content) > CONTENT_AT_MOST:
        errors["content"] = _("may have at most %(most)s characters") % {"most": CONTENT_AT_MOST}
    if len(entry.tags) > TAGS_AT_MOST:
        errors["tags"] = _("at most %(most)s") % {"most": TAGS_AT_MOST}
    if "entry_type" in changed and entry.entry_type == EntryType.REVIEW_DRAFT:
        errors["entry_type"] = _("a review draft is made by a review only")
    errors |= _ties(entry, changed)
    if errors:
        raise Invalid(errors)
    check_fields(entry)
    if entry.status != EntryStatus.ARCHIVED:
        entry.superseded_by_id = None


def _ties(entry: KnowledgeEntry, changed: set[str]) -> dict[str, str]:
    errors = {}
    incident = entry.related_incident_id
    if "related_incident_id" in changed and incident and not is_incident_id(incident):
        errors["related_incident_id"] = _("must be like INC-20261121-7QX2")
    for name, model in (("related_playbook_id", Playbook), ("related_approval_id", Approval)):
        key: UUID | None = getattr(entry, name)
        if name in changed and key and not _exists(model, entry.project_id, key):
            errors[name] = _("there is none such in this project")
    return errors


def _exists(model: Any, project_id: str, key: UUID) -> bool:
    return model.objects.filter(project_id=project_id, pk=key).exists()
