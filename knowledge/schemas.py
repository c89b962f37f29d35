"""What the API of knowledge takes and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from awooop.rest import Answer, Body, ProjectId
from knowledge.models import EntryStatus, EntryType
from knowledge.models.entries import CONTENT_AT_MOST, TAGS_AT_MOST, TITLE_AT_MOST

Title = Annotated[
    str, StringConstraints(min_length=1, max_length=TITLE_AT_MOST, strip_whitespace=True)
]
Content = Annotated[str, StringConstraints(max_length=CONTENT_AT_MOST)]
Text128 = Annotated[str, StringConstraints(max_length=128)]
Text255 = Annotated[str, StringConstraints(max_length=255)]
Reason = Annotated[str, StringConstraints(max_length=500)]
Tags = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=64)]],
    Field(max_length=TAGS_AT_MOST),
]
IncidentRef = Annotated[str, StringConstraints(max_length=64)]
Status = Literal[tuple(EntryStatus.values)]
Kind = Literal[tuple(EntryType.values)]


class EntryIn(Body):
    """A new entry."""

    project_id: ProjectId | None = None
    title: Title
    content: Content = ""
    entry_type: Kind = EntryType.RUNBOOK.value
    category: Text128 = ""
    tags: Tags = Field(default_factory=list)
    status: Status = EntryStatus.DRAFT.value
    alertname: Text255 = ""
    owner: Text128 = ""
    related_incident_id: IncidentRef | None = None
    related_playbook_id: UUID | None = None
    related_approval_id: UUID | None = None
    reason: Reason = ""


class EntryPatch(Body):
    """A change: only the fields that are sent; `version` here or as `If-Match`."""

    project_id: ProjectId | None = None
    version: Annotated[int, Field(ge=1)] | None = None
    title: Title | None = None
    content: Content | None = None
    entry_type: Kind | None = None
    category: Text128 | None = None
    tags: Tags | None = None
    status: Status | None = None
    alertname: Text255 | None = None
    owner: Text128 | None = None
    related_incident_id: IncidentRef | None = None
    related_playbook_id: UUID | None = None
    related_approval_id: UUID | None = None
    reason: Reason = ""


class EntryFacts(Answer):
    """An entry without its content."""

    entry_id: UUID
    project_id: str
    title: str
    entry_type: str
    category: str
    tags: list[str]
    status: str
    alertname: str
    source: str
    source_path: str
    owner: str
    view_count: int
    related_incident_id: str | None
    related_playbook_id: UUID | None
    related_approval_id: UUID | None
    governance_event_id: UUID | None
    superseded_by_id: UUID | None
    version: int
    is_stale: bool
    created_at: datetime
    updated_at: datetime


class EntryItem(EntryFacts):
    """An entry of a list; `snippet` is escaped HTML whose only tag is `<mark>`."""

    snippet: str


class Entries(Answer):
    """A page of entries; `respelled` says how unknown words were read."""

    items: list[EntryItem]
    total: int
    total_is_exact: bool
    page: int
    per_page: int
    next_cursor: str | None
    respelled: dict[str, list[str]]
    writes_on_read: bool = False
    manual_review_required: bool = True


class Entry(EntryFacts):
    """One entry with its Markdown."""

    content: str
    metadata: dict


class EntryRead(Entry):
    """One entry as it is read."""

    writes_on_read: bool = False
    manual_review_required: bool = True
