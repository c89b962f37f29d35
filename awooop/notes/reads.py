"""Reads of notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from awooop import paging, together
from awooop.errors import NotFound
from awooop.models import Note, NoteVersion

AT_MOST = 500  # notes on one thing


def of(project_id: str, kind: str, ident: str) -> list[Note]:
    """Answer the notes on one thing, oldest first, struck ones too."""
    return together.read(on(project_id, kind, ident))[0]


def on(project_id: str, kind: str, ident: str) -> together.Read:
    """Ask for the notes on one thing, oldest first, struck ones too."""
    rows = _on(project_id, kind, [ident]).order_by("created_at", "note_id")
    return together.objects(rows[:AT_MOST])


def on_many(project_id: str, kind: str, idents: Sequence[str]) -> QuerySet[Note]:
    """Answer the notes on these things, for retention: they go with them."""
    return _on(project_id, kind, [str(ident) for ident in idents])


def counts(projects: Sequence[str], kind: str, idents: Sequence[str]) -> dict[str, int]:
    """Answer how many notes that are not struck each of these things has; one statement."""
    rows = Note.objects.filter(
        project_id__in=list(projects), subject_type=kind, subject_id__in=idents, struck_at=None
    )
    return dict(rows.order_by().values_list("subject_id").annotate(count=Count("pk")))


def get(projects: Sequence[str], note_id: UUID) -> Note:
    """Answer one note; raises NotFound."""
    note = paging.restrict(Note.objects.filter(pk=note_id), projects).first()
    if note is None:
        raise NotFound(_("No such note, or none that you may see."))
    return note


def versions(note: Note) -> list[NoteVersion]:
    """Answer what the note said before, the latest first."""
    rows = NoteVersion.objects.filter(project_id=note.project_id, note=note)
    return list(rows.order_by("-version"))


def as_row(note: Note) -> dict[str, Any]:
    """Answer a note as the API shows it."""
    names = (
        "note_id", "project_id", "subject_type", "subject_id", "body", "version", "created_at",
        "edited_at", "struck_at", "struck_by",
    )  # fmt: skip
    return {name: getattr(note, name) for name in names} | {"author": note.author_label}


def _on(project_id: str, kind: str, idents: Sequence[str]) -> QuerySet[Note]:
    return Note.objects.filter(project_id=project_id, subject_type=kind, subject_id__in=idents)
